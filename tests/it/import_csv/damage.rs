//! Ten thousand damaged files: nothing panics, and no byte is lost.

use fastrand::Rng;
use mda::import::csv::{CutLimits, Position, probe};

use super::support::{assert_tiled, chunks, file, met};

const FILES: u64 = 10_000;

fn healthy(rng: &mut Rng) -> Vec<u8> {
    let delimiter = rng.choice([',', ';', '\t']).unwrap();
    let end = rng.choice(["\n", "\r\n", "\r"]).unwrap();
    let mut text = String::new();
    if rng.bool() {
        text.push_str(
            &["Date", "Open", "High", "Low", "Close", "Volume"].join(&delimiter.to_string()),
        );
        text.push_str(end);
    }
    for day in 1..rng.usize(3..28) {
        let row = [
            format!("2024-01-{day:02}"),
            "10.5".to_owned(),
            "11".to_owned(),
            "\"10\"".to_owned(),
            "10.75".to_owned(),
            (day * 100).to_string(),
        ];
        text.push_str(&row.join(&delimiter.to_string()));
        text.push_str(end);
    }
    text.into_bytes()
}

/// Flips, cuts, repeats and inserts.
fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..rng.usize(1..5) {
        if bytes.is_empty() {
            return;
        }
        let at = rng.usize(..bytes.len());
        match rng.u8(..7) {
            0 => bytes[at] ^= 1 << rng.u8(..8),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, b'"'),
            3 => bytes.insert(at, b'\n'),
            4 => bytes.insert(at, 0),
            5 => {
                let end = (at + rng.usize(..40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let end = (at + rng.usize(..20)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
}

#[test]
fn damaged_files_are_cut_without_a_loss() {
    let mut rng = Rng::with_seed(7);
    let mut cut = 0;
    for _ in 0..FILES {
        let mut bytes = healthy(&mut rng);
        damage(&mut bytes, &mut rng);
        let file = file(&bytes);
        let Ok(sample) = probe(file.path()) else {
            continue;
        };
        let dialect = sample.dialect;
        let limits = CutLimits {
            bytes: rng.usize(20..200),
            records: rng.usize(1..10),
            record_bytes_max: rng.usize(200..400),
        };
        let start = Position::start_of(&dialect);
        let chunks = chunks(&file, &dialect, (start, limits));
        let end = dialect.body_to.unwrap_or(bytes.len() as u64);
        assert_tiled(&chunks, start, end.max(start.byte));
        let met = met(&chunks, &dialect);
        let lines: Vec<_> = met.iter().map(|met| met.byte).collect();
        assert!(lines.is_sorted(), "records out of order");
        cut += 1;
    }
    assert!(cut > FILES / 2, "most of the files are still text: {cut}");
}
