//! `mda backup FILE`: a copy of the store, while it is used.

use std::path::absolute;

use anyhow::{Context, anyhow};

use super::args::BackupArgs;
use crate::api::BackupDone;
use crate::cli::exit::UsageError;
use crate::cli::session::Session;
use crate::cli::{DetailFormat, ask, print};

/// Writes a copy, and prints what is in it.
pub(in crate::cli) async fn run(session: &Session, args: &BackupArgs) -> anyhow::Result<()> {
    let named = args.file.display();
    let path = absolute(&args.file).with_context(|| format!("`{named}` is no file to write"))?;
    // The agent refuses too; before one is started it can be said in fewer words.
    if path.symlink_metadata().is_ok() {
        let why = format!("`{named}` is there already; a backup replaces nothing");
        return Err(UsageError(why).into());
    }
    let path = path
        .to_str()
        .ok_or_else(|| anyhow!("the name of `{named}` is not UTF-8"))?
        .to_owned();
    let done = ask::with_store(session, async |asker| asker.backup(path).await).await?;
    print::result(&written(&done, args.format)?)?;
    Ok(())
}

fn written(done: &BackupDone, format: DetailFormat) -> serde_json::Result<String> {
    match format {
        DetailFormat::Json => print::pretty(done),
        DetailFormat::Table => Ok(format!(
            "path:  {}\nbytes: {}\nrows:  {}\nhash:  {}\n",
            done.path, done.bytes, done.rows, done.hash
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_tells_where_it_is_and_what_it_holds() {
        let done = BackupDone {
            path: "/b/market.sqlite".to_owned(),
            bytes: 4_096,
            rows: 12,
            hash: "0f".to_owned(),
        };
        assert_eq!(
            written(&done, DetailFormat::Table).unwrap(),
            "path:  /b/market.sqlite\nbytes: 4096\nrows:  12\nhash:  0f\n"
        );
        let json: BackupDone =
            serde_json::from_str(&written(&done, DetailFormat::Json).unwrap()).unwrap();
        assert_eq!(json, done);
    }
}
