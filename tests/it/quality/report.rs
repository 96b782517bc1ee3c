//! Dimensions, score, grade and caps of imports reckoned by hand.

use mda::api::{DimensionScores, ImportCounts, ImportQuality, ValidationLevel};
use mda::domain::{Dimension, Grade, GradeCap, Level};
use mda::quality::{JudgedRow, QualityTally, Rule};

/// Rows of one kind: how many, with which findings, rejected or stored.
struct Rows {
    count: u64,
    rules: &'static [Rule],
    is_rejected: bool,
}

const fn stored(count: u64, rules: &'static [Rule]) -> Rows {
    Rows {
        count,
        rules,
        is_rejected: false,
    }
}

const fn rejected(count: u64, rules: &'static [Rule]) -> Rows {
    Rows {
        count,
        rules,
        is_rejected: true,
    }
}

/// Reports on an import of these rows; a V1 misses one price, an M1 the volume.
fn report(level: ValidationLevel, rows: &[Rows], copies: [u64; 2]) -> Option<ImportQuality> {
    let mut tally = QualityTally::default();
    let mut counts = ImportCounts::default();
    for kind in rows {
        for _ in 0..kind.count {
            tally.add(JudgedRow {
                level,
                findings: kind.rules.iter().copied().collect(),
                is_rejected: kind.is_rejected,
                required_missing: u8::from(kind.rules.contains(&Rule::V1)),
                volume_missing: Some(kind.rules.contains(&Rule::M1)),
            });
        }
        counts.read += kind.count;
        if kind.is_rejected {
            counts.rejected += kind.count;
        } else {
            counts.inserted += kind.count;
        }
    }
    for (is_alike, count) in [(true, copies[0]), (false, copies[1])] {
        for _ in 0..count {
            tally.add_duplicate(is_alike);
        }
        counts.inserted -= count;
        counts.duplicate += count;
    }
    // Skipped records are in no formula.
    counts.read += 7;
    counts.skipped += 7;
    assert!(counts.adds_up());
    tally.report(&counts)
}

fn standard(rows: &[Rows], copies: [u64; 2]) -> ImportQuality {
    report(ValidationLevel::Standard, rows, copies).unwrap()
}

fn near(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn a_faultless_import_is_worth_100() {
    let quality = standard(&[stored(1_000, &[])], [0, 0]);
    let full = Some(100.0);
    assert_eq!(
        quality,
        ImportQuality {
            score: 100.0,
            grade: Grade::A,
            level: Level::Excellent,
            cap: None,
            dimensions: DimensionScores {
                completeness: full,
                accuracy: None,
                consistency: full,
                validity: full,
                timeliness: None,
                uniqueness: full,
            },
        }
    );
}

#[test]
fn dimensions_are_those_reckoned_by_hand() {
    let rows = [
        stored(900, &[]),
        stored(50, &[Rule::V8]),
        stored(20, &[Rule::M1]),
        stored(10, &[Rule::C7, Rule::V8]),
        rejected(15, &[Rule::V1]),
        rejected(5, &[Rule::Fields]),
    ];
    let quality = standard(&rows, [10, 2]);
    let found = quality.dimensions;
    // 995 records with fields expect 5.5 each; 15 prices (1) and 20 volumes (0.5) are missing.
    assert!(near(found.completeness, 100.0 * (1.0 - 25.0 / 5_472.5)));
    // 60 low, 20 rejected.
    assert!(near(
        found.validity,
        100.0 * (1.0 - (60.0 * 0.05 + 20.0) / 1_000.0)
    ));
    // 10 medium.
    assert!(near(found.consistency, 100.0 * (1.0 - 2.0 / 1_000.0)));
    // 10 copies alike, 2 that differ.
    assert!(near(
        found.uniqueness,
        100.0 * (1.0 - (0.5 + 2.0) / 1_000.0)
    ));
    let of = |score: Option<f64>| score.unwrap();
    let score = (0.2 * (of(found.completeness) + of(found.validity) + of(found.consistency))
        + 0.1 * of(found.uniqueness))
        / 0.7;
    assert!(near(Some(quality.score), score), "{}", quality.score);
    assert_eq!((quality.grade, quality.cap), (Grade::A, None));
}

#[test]
fn a_record_counts_once_a_dimension_with_its_worst() {
    let both = standard(&[stored(99, &[]), stored(1, &[Rule::C1, Rule::C7])], [0, 0]);
    assert!(near(both.dimensions.consistency, 99.0));
}

#[test]
fn stored_critical_defects_cap_the_grade_by_their_share() {
    for (critical, rows, grade, cap) in [
        (1, 10_000, Grade::B, GradeCap::AnyCritical),
        (2, 10_000, Grade::C, GradeCap::CriticalAbove100PerMillion),
        (11, 10_000, Grade::D, GradeCap::CriticalAbove1000PerMillion),
        (
            101,
            10_000,
            Grade::F,
            GradeCap::CriticalAbove10000PerMillion,
        ),
    ] {
        let rows = [stored(rows - critical, &[]), stored(critical, &[Rule::C1])];
        let quality = standard(&rows, [0, 0]);
        assert_eq!(
            (quality.grade, quality.cap),
            (grade, Some(cap)),
            "{critical}"
        );
        assert_eq!(quality.level, Level::Excellent);
    }
}

#[test]
fn rejected_records_lower_validity_and_cap_nothing() {
    let quality = standard(&[stored(90, &[]), rejected(10, &[Rule::V2])], [0, 0]);
    assert!(near(quality.dimensions.validity, 90.0));
    assert_eq!((quality.grade, quality.cap), (Grade::A, None));
}

#[test]
fn a_dimension_below_50_is_at_most_a_d() {
    let quality = standard(&[stored(49, &[]), rejected(51, &[Rule::V2])], [0, 0]);
    assert!(near(quality.dimensions.validity, 49.0));
    let cap = GradeCap::DimensionBelow50(Dimension::Validity);
    assert_eq!((quality.grade, quality.cap), (Grade::D, Some(cap)));
    let at_50 = standard(&[stored(50, &[]), rejected(50, &[Rule::V2])], [0, 0]);
    assert_eq!(at_50.cap, None);
}

#[test]
fn at_basic_only_single_values_are_measured() {
    let rows = [stored(80, &[]), stored(20, &[Rule::V8])];
    let quality = report(ValidationLevel::Basic, &rows, [0, 0]).unwrap();
    assert_eq!(quality.dimensions.consistency, None);
    assert_eq!(quality.dimensions.uniqueness, None);
    assert!(near(quality.dimensions.validity, 99.0));
    assert!(near(Some(quality.score), 99.5));
}

#[test]
fn a_strict_reject_counts_in_its_dimension_too() {
    let rows = [stored(99, &[]), rejected(1, &[Rule::C1])];
    let quality = report(ValidationLevel::Strict, &rows, [0, 0]).unwrap();
    assert!(near(quality.dimensions.consistency, 99.0));
    assert!(near(quality.dimensions.validity, 99.0));
    assert_eq!(quality.cap, None);
}

#[test]
fn where_nothing_was_judged_nothing_is_said() {
    assert_eq!(
        report(ValidationLevel::None, &[stored(10, &[])], [0, 0]),
        None
    );
    assert_eq!(report(ValidationLevel::Standard, &[], [0, 0]), None);
}

#[test]
fn an_import_of_nothing_but_broken_records_is_an_f() {
    let quality = standard(&[rejected(10, &[Rule::Fields])], [0, 0]);
    assert_eq!(
        quality.dimensions,
        DimensionScores {
            validity: Some(0.0),
            ..DimensionScores::default()
        }
    );
    assert!(near(Some(quality.score), 0.0));
    assert_eq!(
        (quality.grade, quality.level),
        (Grade::F, Level::Unacceptable)
    );
}
