//! Every rule at every level, and the scores of rows.

use mda::api::ValidationLevel;
use mda::domain::{Dimension, Severity};
use mda::quality::{Findings, Outcome, Rule};
use rstest::rstest;

use Outcome::{Flag, Ignore, Reject};

const LEVELS: [ValidationLevel; 4] = [
    ValidationLevel::None,
    ValidationLevel::Basic,
    ValidationLevel::Standard,
    ValidationLevel::Strict,
];

/// The table of the product: none, basic, standard, strict.
#[rstest]
#[case(Rule::Fields, [Reject, Reject, Reject, Reject])]
#[case(Rule::V1, [Reject, Reject, Reject, Reject])]
#[case(Rule::V2, [Ignore, Reject, Reject, Reject])]
#[case(Rule::V3, [Ignore, Reject, Reject, Reject])]
#[case(Rule::V4, [Reject, Reject, Reject, Reject])]
#[case(Rule::V5, [Ignore, Ignore, Ignore, Ignore])]
#[case(Rule::V6, [Ignore, Reject, Reject, Reject])]
#[case(Rule::V7, [Reject, Reject, Reject, Reject])]
#[case(Rule::V8, [Ignore, Flag, Flag, Flag])]
#[case(Rule::M1, [Ignore, Flag, Flag, Reject])]
#[case(Rule::M2, [Ignore, Flag, Flag, Flag])]
#[case(Rule::Z1, [Ignore, Flag, Flag, Flag])]
#[case(Rule::C1, [Ignore, Ignore, Flag, Reject])]
#[case(Rule::C2, [Ignore, Ignore, Flag, Reject])]
#[case(Rule::C3, [Ignore, Ignore, Flag, Reject])]
#[case(Rule::C7, [Ignore, Ignore, Flag, Reject])]
#[case(Rule::C8, [Ignore, Ignore, Flag, Reject])]
#[case(Rule::U1, [Ignore, Ignore, Flag, Flag])]
#[case(Rule::U2, [Ignore, Ignore, Flag, Reject])]
fn every_rule_has_its_outcome_at_every_level(#[case] rule: Rule, #[case] expected: [Outcome; 4]) {
    assert_eq!(LEVELS.map(|level| rule.outcome(level)), expected);
}

#[test]
fn rules_have_severity_and_dimension_of_the_table() {
    let of = |severity| {
        let rules = Rule::ALL
            .into_iter()
            .filter(|rule| rule.severity() == severity);
        rules.map(Rule::id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(Severity::Critical), "fields V1 V2 V3 V6 C1 C2 C3");
    assert_eq!(of(Severity::High), "V4 V7 U2");
    assert_eq!(of(Severity::Medium), "M1 C7 C8");
    assert_eq!(of(Severity::Low), "V5 V8 M2 Z1 U1");
    let of = |dimension| {
        let rules = Rule::ALL
            .into_iter()
            .filter(|rule| rule.dimension() == dimension);
        rules.map(Rule::id).collect::<Vec<_>>().join(" ")
    };
    let validity = "fields V1 V2 V3 V4 V5 V6 V7 V8 M2 Z1";
    assert_eq!(of(Dimension::Validity), validity);
    assert_eq!(of(Dimension::Consistency), "C1 C2 C3 C7 C8");
    assert_eq!(of(Dimension::Completeness), "M1");
    assert_eq!(of(Dimension::Uniqueness), "U1 U2");
}

#[test]
fn a_row_loses_the_penalty_of_each_rule_once() {
    for (rules, score) in [
        (vec![], 100),
        (vec![Rule::V8], 95),
        (vec![Rule::V8, Rule::V8], 95),
        (vec![Rule::V8, Rule::C7], 75),
        (vec![Rule::C7, Rule::C8, Rule::M1], 40),
        (vec![Rule::U2, Rule::V7], 0),
        (vec![Rule::C1], 0),
        (Rule::ALL.to_vec(), 0),
    ] {
        let findings: Findings = rules.iter().copied().collect();
        assert_eq!(findings.score().get(), score, "{rules:?}");
    }
}

#[test]
fn findings_are_told_in_order_and_by_the_worst() {
    let findings: Findings = [Rule::C7, Rule::V8, Rule::C1].into_iter().collect();
    let rules: Vec<_> = findings.iter().collect();
    assert_eq!(rules, [Rule::V8, Rule::C1, Rule::C7]);
    assert_eq!(findings.worst(), Some(Severity::Critical));
    assert_eq!(findings.worst_of(Dimension::Validity), Some(Severity::Low));
    assert_eq!(findings.worst_of(Dimension::Uniqueness), None);
    assert_eq!(Findings::NONE.worst(), None);
}

#[test]
fn every_rule_says_what_is_wrong_and_what_to_do() {
    for (place, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(rule as usize, place, "stored tallies rely on the order");
        assert!(rule.message().len() > 10, "{}", rule.id());
        assert!(rule.suggestion().len() > 10, "{}", rule.id());
    }
    let ids: std::collections::HashSet<_> = Rule::ALL.map(Rule::id).into_iter().collect();
    assert_eq!(ids.len(), Rule::COUNT);
}
