//! What keys, states and answers do to the imports, seen from outside.

use std::sync::Arc;

use mda::api::{Answer, Command, ImportJob, ImportState, ImportVerb, Reply, ViewSpec};
use mda::domain::ImportId;
use mda::tui::{AppOptions, Effect, GlyphLevel, ScreenName};
use rstest::rstest;

use super::import_pictures::{asked, list};
use super::jobs;
use super::market;
use super::pictures::Stage;
use crate::support::picture;

const CORE: (u16, u16) = (80, 24);

fn shown(stage: &Stage) -> String {
    picture::text(&stage.draw())
}

fn with(job: ImportJob) -> Stage {
    Stage::on(ScreenName::Imports, CORE).show(jobs::state(vec![job]))
}

fn in_state(state: ImportState) -> ImportJob {
    ImportJob {
        state,
        ..jobs::partial()
    }
}

fn steered(effects: &[Effect]) -> Option<ImportVerb> {
    match effects {
        [Effect::Send(Command::SteerImport { id, verb })] => {
            assert_eq!(*id, ImportId(3));
            Some(*verb)
        }
        [] => None,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case("p", ImportState::Queued, ImportVerb::Pause)]
#[case("p", ImportState::Probing, ImportVerb::Pause)]
#[case("p", ImportState::Running, ImportVerb::Pause)]
#[case("SPACE", ImportState::Running, ImportVerb::Pause)]
#[case("p", ImportState::Paused, ImportVerb::Resume)]
#[case("p", ImportState::Failed, ImportVerb::Resume)]
#[case("x", ImportState::NeedsInput, ImportVerb::Cancel)]
#[case("x", ImportState::Running, ImportVerb::Cancel)]
#[case("x", ImportState::Paused, ImportVerb::Cancel)]
#[case("r", ImportState::Paused, ImportVerb::Restart)]
#[case("r", ImportState::Completed, ImportVerb::Restart)]
#[case("r", ImportState::Failed, ImportVerb::Restart)]
fn a_key_asks_its_verb_of_the_selected_import(
    #[case] key: &str,
    #[case] state: ImportState,
    #[case] verb: ImportVerb,
) {
    let mut stage = with(in_state(state));
    assert_eq!(steered(&stage.key(key)), Some(verb));
}

#[rstest]
#[case("p", ImportState::Completed, "nothing to pause or resume")]
#[case("p", ImportState::Pausing, "nothing to pause or resume")]
#[case("x", ImportState::Partial, "nothing to cancel")]
#[case("x", ImportState::Cancelling, "nothing to cancel")]
#[case("r", ImportState::Running, "pause or cancel it first")]
#[case("u", ImportState::Running, "pause or cancel it first")]
#[case("a", ImportState::Running, "asks nothing")]
fn a_verb_without_sense_is_not_sent_and_says_why(
    #[case] key: &str,
    #[case] state: ImportState,
    #[case] why: &str,
) {
    let mut stage = with(in_state(state));
    assert_eq!(steered(&stage.key(key)), None);
    let text = shown(&stage);
    assert!(text.contains(why), "{text}");
}

#[test]
fn undo_tells_what_goes_and_waits_for_a_yes() {
    let mut stage = with(jobs::partial());
    assert_eq!(steered(&stage.key("u")), None);
    let text = shown(&stage);
    let told = "Undo import 3: 6,225 rows go, 12 are put back as they";
    assert!(text.contains(told), "{text}");
    assert_eq!(steered(&stage.key("ENTER")), None, "ENTER is no yes");
    assert_eq!(steered(&stage.key("n")), None);
    assert!(!shown(&stage).contains("Undo import"));
    stage.key("u");
    assert_eq!(steered(&stage.key("y")), Some(ImportVerb::Undo));
    assert!(!shown(&stage).contains("Undo import"));
}

#[rstest]
#[case(1, 0, "1 row goes.")]
#[case(0, 1, "1 row is put back as it was.")]
#[case(2, 1, "2 rows go, 1 is put back as it was.")]
fn undo_counts_in_words(#[case] inserted: u64, #[case] updated: u64, #[case] told: &str) {
    let mut job = jobs::partial();
    (job.counts.inserted, job.counts.updated) = (inserted, updated);
    let text = shown(&with(job).press("u"));
    assert!(text.contains(told), "{text}");
}

#[test]
fn what_wrote_nothing_or_is_undone_cannot_be_undone() {
    let mut dry = jobs::partial();
    dry.spec.dry_run = true;
    let text = shown(&with(dry).press("u"));
    assert!(text.contains("a dry run wrote nothing"), "{text}");
    let mut undone = jobs::partial();
    undone.undone = Some(market::now());
    let text = shown(&with(undone).press("u"));
    assert!(
        text.contains("undone already") && text.contains("← UNDONE"),
        "{text}"
    );
    let mut empty = jobs::partial();
    (empty.counts.inserted, empty.counts.updated) = (0, 0);
    let text = shown(&with(empty).press("u"));
    assert!(text.contains("wrote nothing to undo"), "{text}");
}

#[test]
fn read_only_looks_and_changes_nothing() {
    let options = AppOptions {
        screen: ScreenName::Imports,
        is_read_only: true,
        ..AppOptions::default()
    };
    let mut stage = Stage::new(options, CORE).show(jobs::state(jobs::all()));
    for (keys, key) in [
        ("g", "i"),
        ("g", "a"),
        ("g", "x"),
        ("j", "p"),
        ("G k", "r"),
        ("G k", "u"),
    ] {
        stage = stage.press(keys);
        let effects = stage.key(key);
        assert!(effects.is_empty(), "{key}: {effects:?}");
        let text = shown(&stage);
        assert!(text.contains("read-only"), "{key}: {text}");
    }
    let footer = shown(&stage).lines().last().unwrap().to_owned();
    for label in ["pause", "cancel", "restart", "undo", "import files"] {
        assert!(!footer.contains(label), "{footer}");
    }
    assert!(matches!(
        stage.key("ENTER")[..],
        [Effect::Ask(ref request)] if matches!(request.command, Command::Rejects { .. })
    ));
}

#[test]
fn footer_names_only_what_makes_sense() {
    let footer = |state| {
        let stage =
            Stage::on(ScreenName::Imports, (160, 24)).show(jobs::state(vec![in_state(state)]));
        shown(&stage).lines().last().unwrap().to_owned()
    };
    let running = footer(ImportState::Running);
    assert!(
        running.contains("p pause/resume") && running.contains("x cancel"),
        "{running}"
    );
    assert!(
        !running.contains("undo") && !running.contains("restart"),
        "{running}"
    );
    let ended = footer(ImportState::Partial);
    assert!(
        ended.contains("u undo") && ended.contains("r restart"),
        "{ended}"
    );
    assert!(
        !ended.contains("pause") && !ended.contains("cancel"),
        "{ended}"
    );
    let asking = footer(ImportState::NeedsInput);
    assert!(
        asking.contains("a answer") && !asking.contains("ENTER"),
        "{asking}"
    );
}

#[test]
fn imports_are_asked_for_only_while_they_are_looked_at() {
    let view_of = |effects: Vec<Effect>| -> Option<ViewSpec> {
        effects.into_iter().find_map(|effect| match effect {
            Effect::Send(Command::View(view)) => Some(view),
            _ => None,
        })
    };
    let mut stage = Stage::on(ScreenName::Overview, CORE).show(jobs::busy());
    assert!(view_of(stage.key("3")).unwrap().has_imports);
    assert!(!view_of(stage.key("1")).unwrap().has_imports);
}

#[test]
fn effects_of_a_verb_are_seen_in_the_state_alone() {
    let running = ImportJob {
        problem: None,
        ..in_state(ImportState::Running)
    };
    let mut stage = with(running.clone());
    let before = shown(&stage);
    stage.key("p");
    assert_eq!(shown(&stage), before, "nothing was invented");
    let pausing = ImportJob {
        state: ImportState::Pausing,
        ..running
    };
    let text = shown(&stage.show(jobs::state(vec![pausing])));
    assert!(text.contains("◐ PAUSING"), "{text}");
}

#[test]
fn selection_follows_the_import_when_a_new_one_comes() {
    let stage = list(CORE).press("j");
    let mut more = jobs::all();
    more.insert(0, jobs::job(9, ImportState::Queued, "new.csv"));
    let text = shown(&stage.show(jobs::state(more)));
    let row = text.lines().find(|line| line.contains('▸')).unwrap();
    assert!(row.contains("btc_usd_1m.csv"), "{text}");
    assert!(text.contains("Import 7 ● RUNNING"), "{text}");
}

#[test]
fn the_newest_import_stays_selected_when_a_newer_one_comes() {
    let stage = Stage::on(ScreenName::Imports, CORE).show(jobs::state(vec![jobs::running()]));
    let newer = vec![jobs::asking(), jobs::running()];
    let mut stage = stage.show(jobs::state(newer));
    let effects = stage.key("x");
    assert!(
        matches!(
            effects[..],
            [Effect::Send(Command::SteerImport {
                id: ImportId(7),
                ..
            })]
        ),
        "{effects:?}"
    );
}

#[test]
fn every_state_has_its_own_sign_and_word_without_colour() {
    let mut seen = std::collections::HashSet::new();
    for state in ImportState::ALL {
        let mut options = AppOptions {
            screen: ScreenName::Imports,
            ..AppOptions::default()
        };
        options.caps.depth = mda::tui::ColorDepth::Mono;
        options.caps.glyphs = GlyphLevel::Ascii;
        let stage = Stage::new(options, CORE).show(jobs::state(vec![in_state(state)]));
        let text = shown(&stage);
        let row = text.lines().nth(3).unwrap().to_owned();
        let word = state.as_str().replace('_', " ").to_uppercase();
        assert!(row.contains(&word), "{row}");
        let mark: String = row.split(&word).next().unwrap().trim_end().to_owned();
        assert!(seen.insert(mark), "{state:?} looks like another: {row}");
    }
}

#[test]
fn counts_that_do_not_add_up_are_told() {
    let mut job = jobs::partial();
    assert!(!shown(&with(job.clone())).contains("do not add up"));
    job.counts.inserted += 1;
    let text = shown(&with(job));
    assert!(text.contains("the parts do not add up"), "{text}");
}

#[test]
fn what_does_not_fit_in_the_detail_is_scrolled_to() {
    let stage = list(CORE).press("j j j j j TAB");
    let text = shown(&stage);
    assert!(
        text.contains("more below") && !text.contains("same content as"),
        "{text}"
    );
    let text = shown(&stage.press("G"));
    assert!(text.contains("same content as import 1"), "{text}");
}

#[test]
fn filter_finds_imports_by_file_and_state() {
    let text = shown(&list(CORE).press("/ p a u ENTER"));
    assert!(
        text.contains("eth_usd_1m.csv") && !text.contains("sol_usd_5m.csv"),
        "{text}"
    );
    let text = shown(&list(CORE).press("/ s o l ENTER"));
    assert!(
        text.contains("1–1 of 8 imports") && text.contains("Import 5 ! FAILED"),
        "{text}"
    );
    let text = shown(&list(CORE).press("/ z z z ENTER"));
    assert!(text.contains("No import matches"), "{text}");
}

#[test]
fn a_verb_from_another_screen_first_shows_what_it_would_do_it_to() {
    let mut stage = Stage::on(ScreenName::Overview, CORE)
        .show(jobs::state(vec![in_state(ImportState::Running)]));
    stage = stage.press(": i m p o r t SPACE c a n c e l");
    let effects = stage.key("ENTER");
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Send(Command::SteerImport { .. })))
    );
    let text = shown(&stage);
    assert!(
        text.contains("choose an import first") && text.contains("Import 3"),
        "{text}"
    );
}

fn rejects_of(effects: &[Effect]) -> (u64, u64) {
    match effects {
        [Effect::Ask(request)] => match request.command {
            Command::Rejects { id, offset, limit } => {
                assert_eq!((id, limit), (ImportId(3), 200));
                (request.id, offset)
            }
            ref other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn reply(stage: &mut Stage, id: u64, answer: Answer) {
    let result = Ok(answer);
    let now = stage.now;
    stage.app.on_reply(Reply { id, result }, now);
}

#[test]
fn rejected_records_come_in_pages() {
    let mut stage = with(jobs::partial());
    let (id, offset) = rejects_of(&stage.key("ENTER"));
    assert_eq!(offset, 0);
    assert!(shown(&stage).contains("Loading …"));
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(1, 200)));
    assert!(shown(&stage).contains("1–200 · more below"));
    assert!(stage.key("G").is_empty());
    assert!(shown(&stage).contains("AAPL.csv:200"));
    let (id, offset) = rejects_of(&stage.key("j"));
    assert_eq!(offset, 200);
    assert!(stage.key("j").is_empty(), "asked twice");
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(201, 14)));
    let text = shown(&stage);
    assert!(
        text.contains("201–214") && text.contains("AAPL.csv:201"),
        "{text}"
    );
    assert!(stage.press("G").key("j").is_empty());
}

#[test]
fn going_above_a_page_brings_the_one_before_at_its_end() {
    let mut stage = with(jobs::partial());
    let (id, _) = rejects_of(&stage.key("ENTER"));
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(1, 200)));
    stage.key("G");
    let (id, _) = rejects_of(&stage.key("j"));
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(201, 14)));
    let (id, offset) = rejects_of(&stage.key("k"));
    assert_eq!(offset, 0);
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(1, 200)));
    assert!(shown(&stage).contains("AAPL.csv:200"));
}

#[test]
fn a_full_last_page_stays_when_nothing_follows() {
    let mut stage = with(jobs::partial());
    let (id, _) = rejects_of(&stage.key("ENTER"));
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(1, 200)));
    stage.key("G");
    let (id, _) = rejects_of(&stage.key("j"));
    reply(&mut stage, id, Answer::Rejects(Vec::new()));
    let text = shown(&stage);
    assert!(
        text.contains("AAPL.csv:200") && text.contains("1–200"),
        "{text}"
    );
    assert!(!text.contains("more below"), "{text}");
}

#[test]
fn an_answer_to_a_closed_window_changes_nothing() {
    let mut stage = with(jobs::partial());
    let before = shown(&stage);
    let id = asked(&stage.key("ENTER"));
    stage.key("ESC");
    reply(&mut stage, id, Answer::Rejects(jobs::rejects(1, 3)));
    assert_eq!(shown(&stage), before);
}

#[test]
fn progress_changes_only_what_it_tells() {
    let later = |bytes| {
        let mut job = jobs::running();
        job.progress.bytes_done += bytes;
        mda::api::AgentState {
            imports: [job, jobs::partial()].map(Arc::new).into(),
            ..jobs::busy()
        }
    };
    let stage = Stage::on(ScreenName::Overview, (120, 40)).show(jobs::busy());
    let before = stage.draw();
    let stage = stage.show(later(1));
    let same = picture::difference(&before, &stage.draw());
    assert_eq!(same, "0 cells change\n");
    let percent = picture::difference(&before, &stage.show(later(1_242_000)).draw());
    assert!(percent.starts_with("1 cell"), "{percent}");
}

#[test]
fn imports_never_wake_the_screen_by_themselves() {
    let stage = Stage::on(ScreenName::Imports, (120, 40)).show(mda::api::AgentState {
        feeds: Arc::from([]),
        instruments: Arc::from([]),
        ..jobs::state(jobs::all())
    });
    let next = stage.app.next_deadline(stage.now).unwrap();
    assert_eq!(
        next.micros() % 60_000_000,
        0,
        "only the clock of the top bar"
    );
}

#[test]
fn without_an_agent_no_import_looks_at_work() {
    for screen in [ScreenName::Imports, ScreenName::Overview] {
        let mut stage = Stage::on(screen, (120, 40)).show(jobs::busy());
        assert!(shown(&stage).contains("● RUNNING"));
        stage.app.on_disconnected("gone".to_owned(), stage.now);
        let text = shown(&stage);
        assert!(
            text.contains("○ RUNNING") && !text.contains("● RUNNING"),
            "{text}"
        );
        assert!(text.contains("AGENT LOST"), "{text}");
    }
}
