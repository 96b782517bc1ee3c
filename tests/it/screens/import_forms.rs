//! The form that begins an import or answers one, seen from outside.

use crossterm::event::Event;
use mda::api::{
    Answer, Command, DateOrder, ImportPreview, ImportSpec, ImportState, Refusal, RefusalCode,
    Reply, ValidationLevel,
};
use mda::domain::ImportId;
use mda::tui::{Effect, ScreenName};

use super::import_pictures::{list, reviewed};
use super::jobs;
use super::pictures::Stage;
use crate::support::picture;

const CORE: (u16, u16) = (80, 24);

fn shown(stage: &Stage) -> String {
    picture::text(&stage.draw())
}

fn command(effects: &[Effect]) -> (u64, Command) {
    match effects {
        [Effect::Ask(request)] => (request.id, request.command.clone()),
        other => panic!("{other:?}"),
    }
}

fn reply(stage: &mut Stage, id: u64, answer: Answer) {
    let result = Ok(answer);
    let now = stage.now;
    stage.app.on_reply(Reply { id, result }, now);
}

fn paths(names: &[&str]) -> Answer {
    Answer::Paths(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn the_form_opens_from_every_screen() {
    for screen in ScreenName::ALL {
        let text = shown(&Stage::on(screen, CORE).show(jobs::busy()).press("i"));
        assert!(text.contains("Import files"), "{text}");
    }
}

#[test]
fn tab_completes_what_is_typed() {
    let mut stage = list(CORE).press("i").typed("/srv/m");
    let (id, asked) = command(&stage.key("TAB"));
    let prefix = "/srv/m".to_owned();
    assert_eq!(asked, Command::CompletePath { prefix });
    assert!(shown(&stage).contains("looking for paths"));
    reply(&mut stage, id, paths(&["/srv/market/"]));
    assert!(shown(&stage).contains("path  /srv/market/ "));
    let (id, _) = command(&stage.key("TAB"));
    reply(
        &mut stage,
        id,
        paths(&["/srv/market/AAPL.csv", "/srv/market/AMZN.csv"]),
    );
    let text = shown(&stage);
    assert!(
        text.contains("path  /srv/market/A ") && text.contains("AMZN.csv"),
        "{text}"
    );
    stage = stage.press("DOWN DOWN");
    let (_, asked) = command(&stage.key("ENTER"));
    let spec = ImportSpec {
        paths: vec!["/srv/market/AMZN.csv".to_owned()],
        ..ImportSpec::default()
    };
    assert_eq!(asked, Command::PreviewImport(spec));
}

#[test]
fn a_chosen_folder_is_entered() {
    let mut stage = list(CORE).press("i").typed("/");
    let (id, _) = command(&stage.key("TAB"));
    reply(&mut stage, id, paths(&["/a/", "/b.csv"]));
    stage.key("DOWN");
    let (_, asked) = command(&stage.key("ENTER"));
    let prefix = "/a/".to_owned();
    assert_eq!(asked, Command::CompletePath { prefix });
}

#[test]
fn nothing_that_begins_so_is_said() {
    let mut stage = list(CORE).press("i").typed("/x");
    let (id, _) = command(&stage.key("TAB"));
    reply(&mut stage, id, paths(&[]));
    assert!(shown(&stage).contains("nothing on the agent's machine begins so"));
}

#[test]
fn paths_for_what_was_typed_before_are_dropped() {
    let mut stage = list(CORE).press("i").typed("/a");
    let (id, _) = command(&stage.key("TAB"));
    stage = stage.typed("b");
    reply(&mut stage, id, paths(&["/ax.csv"]));
    assert!(shown(&stage).contains("path  /ab "));
}

#[test]
fn pasted_and_quoted_paths_and_patterns_work() {
    let mut stage = list(CORE).press("i");
    let pasted = Event::Paste("'/srv/my prices/*.csv'\n".to_owned());
    stage.app.on_event(&pasted, stage.now);
    let (_, asked) = command(&stage.key("ENTER"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.paths, ["/srv/my prices/*.csv"]);
}

#[test]
fn an_empty_path_is_not_asked_for() {
    let mut stage = list(CORE).press("i");
    assert!(stage.key("ENTER").is_empty());
    assert!(shown(&stage).contains("type the path of a file first"));
}

#[test]
fn a_refusal_is_shown_where_it_was_asked() {
    let stage = list(CORE)
        .press("i")
        .typed("/no")
        .refused("ENTER", "no file matches `/no`");
    let text = shown(&stage);
    assert!(
        text.contains("! no file matches `/no`") && text.contains("→ check the path"),
        "{text}"
    );
    assert!(text.contains("path  /no"), "{text}");
    assert!(!text.contains("╭─ error"), "{text}");
}

#[test]
fn enter_starts_what_was_previewed_and_selects_it() {
    let mut stage = reviewed(CORE, jobs::preview());
    let (id, asked) = command(&stage.key("ENTER"));
    let Command::StartImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.paths, ["/srv/market/ohlcv/AAPL.csv"]);
    assert!(stage.key("ENTER").is_empty(), "started twice");
    let job = jobs::job(9, ImportState::Queued, "AAPL.csv");
    reply(
        &mut stage,
        id,
        Answer::Import(std::sync::Arc::new(job.clone())),
    );
    let mut all = jobs::all();
    all.insert(0, job);
    let text = shown(&stage.show(jobs::state(all)));
    assert!(
        !text.contains("Preview") && text.contains("Import 9 · QUEUED"),
        "{text}"
    );
}

#[test]
fn nothing_starts_while_a_question_is_open() {
    let mut stage = reviewed(CORE, jobs::preview_asking()).press("DOWN");
    let (id, asked) = command(&stage.key("ENTER"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.timezone.as_deref(), Some("UTC"));
    let mut next = jobs::preview_asking();
    next.files[0].questions.remove(0);
    reply(&mut stage, id, Answer::Preview(next));
    assert!(shown(&stage).contains("? Which symbol is it?"));
    assert!(stage.key("ENTER").is_empty(), "nothing was answered");
    assert!(shown(&stage).contains("type an answer, or choose one"));
    stage = stage.typed("aapl");
    let (id, asked) = command(&stage.key("ENTER"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.symbol.unwrap().as_str(), "AAPL");
    assert_eq!(spec.timezone.as_deref(), Some("UTC"));
    reply(&mut stage, id, Answer::Preview(jobs::preview()));
    let (_, asked) = command(&stage.key("ENTER"));
    let Command::StartImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.timezone.as_deref(), Some("UTC"));
}

#[test]
fn an_answer_that_is_refused_does_not_stick() {
    let mut stage = reviewed(CORE, jobs::preview_asking()).typed("Mars/Base");
    let (id, _) = command(&stage.key("ENTER"));
    let result = Err(Refusal {
        code: RefusalCode::Failed,
        message: "unknown zone `Mars/Base`".to_owned(),
        next_step: None,
    });
    stage.app.on_reply(Reply { id, result }, stage.now);
    let text = shown(&stage);
    assert!(text.contains("! unknown zone `Mars/Base`"), "{text}");
    assert!(text.contains("In which zone"), "{text}");
    stage.key("DOWN");
    let (_, asked) = command(&stage.key("ENTER"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.timezone.as_deref(), Some("UTC"));
}

#[test]
fn date_orders_are_typed_as_the_flag_takes_them() {
    let mut asking = jobs::preview_asking();
    let question = &mut asking.files[0].questions[0];
    question.about = mda::api::QuestionAbout::DateOrder;
    question.choices = vec!["dmy".to_owned(), "mdy".to_owned()];
    let mut stage = reviewed(CORE, asking).press("DOWN");
    let (_, asked) = command(&stage.key("ENTER"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(spec.date_order, Some(DateOrder::Mdy));
}

#[test]
fn a_dry_run_and_other_checks_are_chosen_before_the_start() {
    let mut stage = reviewed(CORE, jobs::preview());
    assert!(stage.key("d").is_empty());
    assert!(shown(&stage).contains("dry run on"));
    let (id, asked) = command(&stage.key("v"));
    let Command::PreviewImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(
        (spec.validation, spec.dry_run),
        (ValidationLevel::Strict, true)
    );
    reply(&mut stage, id, Answer::Preview(jobs::preview()));
    let (_, asked) = command(&stage.key("ENTER"));
    let Command::StartImport(spec) = asked else {
        panic!("{asked:?}");
    };
    assert!(spec.dry_run);
}

#[test]
fn esc_goes_back_to_the_path_and_then_out() {
    let stage = reviewed(CORE, jobs::preview()).press("ESC");
    let text = shown(&stage);
    assert!(text.contains("path  /srv/market/ohlcv/AAPL.csv"), "{text}");
    let text = shown(&stage.press("ESC"));
    assert!(!text.contains("Import files"), "{text}");
}

#[test]
fn a_preview_that_comes_too_late_is_dropped() {
    let mut stage = list(CORE).press("i").typed("/a.csv");
    let (id, _) = command(&stage.key("ENTER"));
    stage.key("ESC");
    let before = shown(&stage);
    reply(&mut stage, id, Answer::Preview(jobs::preview()));
    assert_eq!(shown(&stage), before);
    let mut stage = stage.press("i");
    let before = shown(&stage);
    reply(&mut stage, id, Answer::Preview(jobs::preview()));
    assert_eq!(shown(&stage), before, "another form took the answer");
}

#[test]
fn a_job_that_needs_input_is_answered_the_same_way() {
    for key in ["a", "ENTER"] {
        let mut stage = list(CORE);
        let (id, asked) = command(&stage.key(key));
        assert!(matches!(asked, Command::PreviewImport(_)), "{asked:?}");
        reply(&mut stage, id, Answer::Preview(jobs::preview_asking()));
        assert!(shown(&stage).contains("Preview of import 8"));
        let (id, _) = command(&stage.key("ENTER"));
        reply(&mut stage, id, Answer::Preview(jobs::preview()));
        let (id, asked) = command(&stage.key("ENTER"));
        let Command::AnswerImport {
            id: import,
            answers,
        } = asked
        else {
            panic!("{asked:?}");
        };
        assert_eq!(import, ImportId(8));
        assert_eq!(answers.timezone.as_deref(), Some("America/New_York"));
        reply(&mut stage, id, Answer::Done);
        assert!(!shown(&stage).contains("Preview"));
    }
}

#[test]
fn the_cursor_blinks_in_the_line_that_is_typed() {
    let stage = list((40, 12)).press("i").typed("/a");
    let mut buffer = stage.draw();
    let cursor = stage.app.draw(&mut buffer, stage.now).unwrap();
    assert_eq!(buffer[(cursor.x - 1, cursor.y)].symbol(), "a");
    for size in [(40, 12), CORE, (120, 40)] {
        let stage = reviewed(size, jobs::preview_asking()).typed("UTC");
        let mut buffer = stage.draw();
        let cursor = stage.app.draw(&mut buffer, stage.now).unwrap();
        assert_eq!(buffer[(cursor.x - 1, cursor.y)].symbol(), "C", "{size:?}");
    }
}

#[test]
fn records_are_scrolled_to_and_no_further() {
    let stage = reviewed(CORE, jobs::preview());
    assert!(!shown(&stage).contains("469033600"));
    let stage = stage.press("PGDN PGDN PGDN PGDN PGDN");
    let text = shown(&stage);
    assert!(text.contains("1980-12-12  O 0.5134  H 0.5156"), "{text}");
    assert!(text.contains("rejected by V2"), "{text}");
    let above = shown(&stage.press("UP"));
    assert_ne!(text, above, "scrolled past the end");
}

#[test]
fn every_file_has_its_preview() {
    let mut two = jobs::preview();
    let mut second = two.files[0].clone();
    second.path = "/srv/market/ohlcv/MSFT.csv".to_owned();
    two.files.push(second);
    let stage = reviewed(CORE, two);
    assert!(shown(&stage).contains("file 1 of 2"));
    let text = shown(&stage.press("TAB"));
    assert!(
        text.contains("file 2 of 2") && text.contains("MSFT.csv"),
        "{text}"
    );
    let none = reviewed(CORE, ImportPreview { files: Vec::new() });
    assert!(shown(&none).contains("No file"));
}

#[test]
fn a_start_that_is_refused_is_told_even_when_the_form_is_closed() {
    let mut stage = reviewed(CORE, jobs::preview());
    let (id, _) = command(&stage.key("ENTER"));
    stage.key("ESC");
    assert!(!shown(&stage).contains("Preview"));
    let result = Err(Refusal {
        code: RefusalCode::Failed,
        message: "cannot open `AAPL.csv`".to_owned(),
        next_step: None,
    });
    stage.app.on_reply(Reply { id, result }, stage.now);
    let text = shown(&stage);
    assert!(
        text.contains("╭─ error") && text.contains("cannot open `AAPL.csv`"),
        "{text}"
    );
}
