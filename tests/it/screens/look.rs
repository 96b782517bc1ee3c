//! Looking at the pictures with one's own eyes: `MDA_LOOK=1 cargo nextest run -E 'test(look)'`
//! leaves every picture in `target/look/` as the bytes of a terminal.

use crate::support::picture;

use super::pictures;

#[test]
fn every_picture_is_terminal_bytes() {
    let pictures: Vec<_> = pictures::all()
        .into_iter()
        .map(|(name, buffer)| {
            let bytes = picture::ansi(&buffer);
            (
                format!("{name}.{}x{}", buffer.area.width, buffer.area.height),
                bytes,
            )
        })
        .collect();
    assert!(
        pictures
            .iter()
            .all(|(_, bytes)| bytes.starts_with('\u{1b}'))
    );
    if std::env::var_os("MDA_LOOK").is_some() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/look");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in pictures {
            std::fs::write(folder.join(format!("{name}.raw")), bytes).unwrap();
        }
    }
}
