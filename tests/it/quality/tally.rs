//! Tallies add up in any order, and survive as bytes.

use mda::api::{ImportCounts, ValidationLevel};
use mda::quality::{Findings, JudgedRow, QualityTally, Rule, TallyError};
use proptest::prelude::*;

/// A record, or a copy of one that came before.
#[derive(Debug, Clone, Copy)]
enum Step {
    Row(JudgedRow),
    Copy { is_alike: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let levels = [
        ValidationLevel::None,
        ValidationLevel::Basic,
        ValidationLevel::Standard,
        ValidationLevel::Strict,
    ];
    let rules = prop::collection::vec(prop::sample::select(Rule::ALL.to_vec()), 0..4);
    let missing = (0..5u8, any::<Option<bool>>());
    let row = (
        prop::sample::select(levels.to_vec()),
        rules,
        any::<bool>(),
        missing,
    );
    let row = row.prop_map(|(level, rules, is_rejected, missing)| {
        Step::Row(JudgedRow {
            level,
            findings: rules.into_iter().collect(),
            is_rejected,
            required_missing: missing.0,
            volume_missing: missing.1,
        })
    });
    let copy = any::<bool>().prop_map(|is_alike| Step::Copy { is_alike });
    prop_oneof![4 => row, 1 => copy]
}

fn tally_of(steps: &[Step]) -> QualityTally {
    let mut tally = QualityTally::default();
    for step in steps {
        match *step {
            Step::Row(row) => tally.add(row),
            Step::Copy { is_alike } => tally.add_duplicate(is_alike),
        }
    }
    tally
}

proptest! {
    #[test]
    fn prop_parts_add_up_to_the_whole_in_any_order(
        steps in prop::collection::vec(step(), 0..60),
        cuts in (0..60usize, 0..60usize),
    ) {
        let whole = tally_of(&steps);
        let (a, b) = (cuts.0.min(steps.len()), cuts.1.min(steps.len()));
        let (first, second) = (a.min(b), a.max(b));
        let parts = [&steps[..first], &steps[first..second], &steps[second..]].map(tally_of);
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let [x, y, z] = order.map(|place| parts[place].clone());
            let mut left = x.clone();
            left.merge(&y);
            left.merge(&z);
            prop_assert_eq!(&left, &whole);
            let mut tail = y;
            tail.merge(&z);
            let mut right = x;
            right.merge(&tail);
            prop_assert_eq!(&right, &whole);
            prop_assert_eq!(right.to_bytes(), whole.to_bytes());
        }
    }

    #[test]
    fn prop_a_tally_survives_as_bytes(steps in prop::collection::vec(step(), 0..200)) {
        let tally = tally_of(&steps);
        let bytes = tally.to_bytes();
        prop_assert!(bytes.len() < 120);
        prop_assert_eq!(QualityTally::from_bytes(&bytes), Ok(tally));
        for cut in 0..bytes.len() {
            let damaged = QualityTally::from_bytes(&bytes[..cut]);
            prop_assert_eq!(damaged, Err(TallyError::Damaged));
        }
    }

    #[test]
    fn prop_no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(mut tally) = QualityTally::from_bytes(&bytes) {
            let copy = tally.clone();
            tally.merge(&copy);
            let counts = ImportCounts { read: 1, inserted: 1, ..ImportCounts::default() };
            let report = tally.report(&counts);
            prop_assert!(report.is_none_or(|quality| (0.0..=100.0).contains(&quality.score)));
        }
    }
}

#[test]
fn an_empty_tally_is_the_neutral_one() {
    let some = tally_of(&[Step::Row(JudgedRow {
        level: ValidationLevel::Standard,
        findings: Findings::NONE,
        is_rejected: false,
        required_missing: 0,
        volume_missing: Some(false),
    })]);
    let mut sum = QualityTally::default();
    sum.merge(&some);
    assert_eq!(sum, some);
    assert_ne!(sum, QualityTally::default());
}

#[test]
fn bytes_of_another_program_are_told_from_damage() {
    let mut bytes = QualityTally::default().to_bytes();
    assert_eq!(QualityTally::from_bytes(&[]), Err(TallyError::Damaged));
    bytes.push(0);
    assert_eq!(QualityTally::from_bytes(&bytes), Err(TallyError::Damaged));
    bytes[0] = 2;
    let error = QualityTally::from_bytes(&bytes).unwrap_err();
    assert_eq!(error, TallyError::Version(2));
    assert!(error.to_string().contains("`2`"));
}

#[test]
fn a_tally_of_a_program_with_fewer_rules_is_read() {
    let mut tally = QualityTally::default();
    tally.add_duplicate(true);
    let mut bytes = tally.to_bytes();
    // The last two rules are the copies: one number fewer is a program that knew no U2.
    bytes[1] -= 1;
    bytes.pop();
    assert_eq!(QualityTally::from_bytes(&bytes), Ok(tally));
}
