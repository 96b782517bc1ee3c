//! Looking at the pictures with one's own eyes: `cargo nextest run --run-ignored all -E
//! 'test(look)'` leaves every picture in `target/look/` as the bytes of a terminal.

use crate::support::picture;

use super::pictures;

#[test]
#[ignore = "writes files for the eye; it asserts nothing that the snapshots do not"]
fn every_picture_as_terminal_bytes() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/look");
    std::fs::create_dir_all(&dir).unwrap();
    for (name, buffer) in pictures::all() {
        let size = format!("{}x{}", buffer.area.width, buffer.area.height);
        std::fs::write(
            dir.join(format!("{name}.{size}.raw")),
            picture::ansi(&buffer),
        )
        .unwrap();
    }
}
