//! Scores, grades, levels and caps, at every boundary.

use mda::domain::{Dimension, Grade, GradeCap, Level, QualityScore, Severity};
use rstest::rstest;

use Severity::{Critical, High, Low, Medium};

#[rstest]
#[case::nothing_found(&[], 100)]
#[case::low(&[Low], 95)]
#[case::medium(&[Medium], 80)]
#[case::high(&[High], 50)]
#[case::critical(&[Critical], 0)]
#[case::sum(&[Low, Medium, High], 25)]
#[case::exactly_nothing_left(&[High, High], 0)]
#[case::clipped(&[Critical, High, Low], 0)]
#[case::twenty_low(&[Low; 20], 0)]
#[case::nineteen_low(&[Low; 19], 5)]
fn a_row_scores_a_hundred_less_its_findings(#[case] findings: &[Severity], #[case] score: u8) {
    let scored = QualityScore::of_findings(findings.iter().copied());
    assert_eq!(scored, QualityScore::new(score).unwrap());
    assert_eq!(
        (scored.get(), scored.to_string()),
        (score, score.to_string())
    );
}

#[test]
fn a_score_above_a_hundred_is_refused() {
    assert_eq!(QualityScore::new(101), None);
    let error = QualityScore::try_from(101).unwrap_err();
    assert_eq!(error.to_string(), "quality score `101` is above 100");
    assert_eq!(QualityScore::try_from(100), Ok(QualityScore::default()));
    assert_eq!(u8::from(QualityScore::MAX), 100);
}

#[rstest]
#[case(100.0, Grade::A, Level::Excellent)]
#[case(90.0, Grade::A, Level::Excellent)]
#[case(89.999_999, Grade::B, Level::Good)]
#[case(80.0, Grade::B, Level::Good)]
#[case(79.999_999, Grade::C, Level::Good)]
#[case(70.0, Grade::C, Level::Good)]
#[case(69.999_999, Grade::D, Level::Fair)]
#[case(60.0, Grade::D, Level::Fair)]
#[case(59.999_999, Grade::F, Level::Fair)]
#[case(50.0, Grade::F, Level::Fair)]
#[case(49.999_999, Grade::F, Level::Poor)]
#[case(30.0, Grade::F, Level::Poor)]
#[case(29.999_999, Grade::F, Level::Unacceptable)]
#[case(0.0, Grade::F, Level::Unacceptable)]
#[case(f64::NAN, Grade::F, Level::Unacceptable)]
fn a_score_has_a_grade_and_a_level(#[case] score: f64, #[case] grade: Grade, #[case] level: Level) {
    assert_eq!(
        (Grade::of_score(score), Level::of_score(score)),
        (grade, level)
    );
}

#[rstest]
#[case::none(0, 1_000_000, None)]
#[case::none_of_none(0, 0, None)]
#[case::one(1, 1_000_000, Some(GradeCap::AnyCritical))]
#[case::hundred_per_million(100, 1_000_000, Some(GradeCap::AnyCritical))]
#[case::above_hundred(101, 1_000_000, Some(GradeCap::CriticalAbove100PerMillion))]
#[case::just_above_hundred(100, 999_999, Some(GradeCap::CriticalAbove100PerMillion))]
#[case::thousand(1_000, 1_000_000, Some(GradeCap::CriticalAbove100PerMillion))]
#[case::above_thousand(1_001, 1_000_000, Some(GradeCap::CriticalAbove1000PerMillion))]
#[case::ten_thousand(10_000, 1_000_000, Some(GradeCap::CriticalAbove1000PerMillion))]
#[case::above_ten_thousand(10_001, 1_000_000, Some(GradeCap::CriticalAbove10000PerMillion))]
#[case::one_of_ten_rows(1, 10, Some(GradeCap::CriticalAbove10000PerMillion))]
#[case::largest(u64::MAX, u64::MAX, Some(GradeCap::CriticalAbove10000PerMillion))]
fn critical_defects_call_for_the_strictest_cap(
    #[case] critical: u64,
    #[case] rows: u64,
    #[case] cap: Option<GradeCap>,
) {
    assert_eq!(GradeCap::of_critical(critical, rows), cap);
}

#[rstest]
#[case::no_cap(95.0, &[], Grade::A, None)]
#[case::any_critical(95.0, &[GradeCap::AnyCritical], Grade::B, Some(GradeCap::AnyCritical))]
#[case::cap_that_did_not_act(85.0, &[GradeCap::AnyCritical], Grade::B, None)]
#[case::hundred(
    95.0,
    &[GradeCap::CriticalAbove100PerMillion],
    Grade::C,
    Some(GradeCap::CriticalAbove100PerMillion)
)]
#[case::thousand(
    95.0,
    &[GradeCap::CriticalAbove1000PerMillion],
    Grade::D,
    Some(GradeCap::CriticalAbove1000PerMillion)
)]
#[case::ten_thousand(
    60.0,
    &[GradeCap::CriticalAbove10000PerMillion],
    Grade::F,
    Some(GradeCap::CriticalAbove10000PerMillion)
)]
#[case::strictest_of_several(
    95.0,
    &[GradeCap::AnyCritical, GradeCap::DimensionBelow50(Dimension::Timeliness)],
    Grade::D,
    Some(GradeCap::DimensionBelow50(Dimension::Timeliness))
)]
#[case::a_poor_score_needs_no_cap(
    10.0,
    &[GradeCap::CriticalAbove10000PerMillion],
    Grade::F,
    None
)]
fn the_cap_that_acted_is_named(
    #[case] score: f64,
    #[case] caps: &[GradeCap],
    #[case] grade: Grade,
    #[case] acted: Option<GradeCap>,
) {
    assert_eq!(GradeCap::apply(score, caps.iter().copied()), (grade, acted));
}

#[test]
fn better_grades_and_levels_are_greater() {
    assert!(Grade::A > Grade::B && Grade::B > Grade::C && Grade::D > Grade::F);
    assert!(Level::Excellent > Level::Good && Level::Poor > Level::Unacceptable);
    assert!(Critical > High && High > Medium && Medium > Low);
}
