//! [`ImportForm`]: from a path to an import, or from an import's question to its answer.
//!
//! Two steps: the path with its completion, then the review of how the files would be read. What
//! was asked is numbered; an answer to an older question changes nothing.

use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

use super::answer;
use super::asks::Asks;
use super::path::Candidates;
use super::review::Review;
use crate::api::{Answer, Command, ImportSpec, Refusal, ValidationLevel};
use crate::domain::ImportId;
use crate::tui::edit;
use crate::tui::update::Effect;

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new import.
    Start,
    /// An import that needs input.
    Answer(ImportId),
}

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) text: String,
    pub(crate) next_step: Option<String>,
}

/// What the form waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Paths that begin as typed.
    Paths,
    /// A preview with these answers, which count once it is there.
    Preview(Box<ImportSpec>),
    /// The number of the import, or that it took the answers.
    Order,
}

/// What became of the form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Did {
    /// It stays, and this is to be asked.
    Stays(Vec<Effect>),
    /// It closes, and this import is selected, if there is one.
    Closes(Option<ImportId>),
}

/// The form.
#[derive(Debug, Clone)]
pub(crate) struct ImportForm {
    pub(crate) purpose: Purpose,
    pub(crate) path: Input,
    pub(crate) candidates: Candidates,
    /// What would be ordered, with the answers so far.
    pub(crate) spec: ImportSpec,
    /// The second step.
    pub(crate) review: Option<Review>,
    pub(crate) trouble: Option<Trouble>,
    wait: Option<(u64, Wait)>,
}

impl ImportForm {
    /// Opens an empty form.
    pub(crate) fn start() -> Self {
        Self {
            purpose: Purpose::Start,
            path: Input::default(),
            candidates: Candidates::default(),
            spec: ImportSpec::default(),
            review: None,
            trouble: None,
            wait: None,
        }
    }

    /// Opens the form over the questions of an import, and asks for its preview.
    pub(crate) fn answer(id: ImportId, spec: &ImportSpec, asks: &mut Asks) -> (Self, Vec<Effect>) {
        let mut form = Self {
            purpose: Purpose::Answer(id),
            path: Input::new(spec.paths.join("  ")),
            spec: spec.clone(),
            ..Self::start()
        };
        let effects = form.ask_preview(spec.clone(), asks);
        (form, effects)
    }

    /// Returns the number of the request whose answer it waits for.
    pub(crate) fn waits_for(&self) -> Option<u64> {
        self.wait.as_ref().map(|(id, _)| *id)
    }

    /// Returns what it waits for.
    pub(crate) fn wait(&self) -> Option<&Wait> {
        self.wait.as_ref().map(|(_, wait)| wait)
    }

    /// Handles a key.
    pub(crate) fn on_key(&mut self, key: &KeyEvent, asks: &mut Asks) -> Did {
        if let Some((order, Wait::Order)) = &self.wait {
            // What was ordered is under way; the form only waits to hear its number.
            return match key.code {
                KeyCode::Esc => {
                    asks.leave(*order);
                    Did::Closes(None)
                }
                _ => Did::Stays(Vec::new()),
            };
        }
        match (&self.review, self.purpose) {
            (Some(_), _) => self.on_review_key(key, asks),
            (None, Purpose::Start) => self.on_path_key(key, asks),
            (None, Purpose::Answer(_)) if key.code == KeyCode::Esc => Did::Closes(None),
            (None, Purpose::Answer(_)) => Did::Stays(Vec::new()),
        }
    }

    /// Takes pasted text into the line that is typed.
    pub(crate) fn on_paste(&mut self, text: &str) {
        match &mut self.review {
            Some(review) if review.question().is_some() => edit::paste(&mut review.typed, text),
            None if self.purpose == Purpose::Start => {
                edit::paste(&mut self.path, text);
                self.touch_path();
            }
            Some(_) | None => {}
        }
    }

    /// Takes the answer in that it waits for.
    pub(crate) fn on_reply(&mut self, result: Result<Answer, Refusal>) -> Did {
        let Some((_, wait)) = self.wait.take() else {
            return Did::Stays(Vec::new());
        };
        self.trouble = None;
        match (wait, result) {
            (_, Err(refusal)) => self.trouble = Some(Trouble::from(refusal)),
            (Wait::Paths, Ok(Answer::Paths(found))) => {
                self.candidates.offer(found, &mut self.path);
            }
            (Wait::Preview(spec), Ok(Answer::Preview(preview))) => {
                self.spec = *spec;
                match &mut self.review {
                    Some(review) => review.renew(preview),
                    None => self.review = Some(Review::new(preview)),
                }
            }
            (Wait::Order, Ok(Answer::Import(job))) => return Did::Closes(Some(job.id)),
            (Wait::Order, Ok(_)) => {
                let id = match self.purpose {
                    Purpose::Start => None,
                    Purpose::Answer(id) => Some(id),
                };
                return Did::Closes(id);
            }
            (Wait::Paths | Wait::Preview(_), Ok(_)) => {
                self.trouble = Some(Trouble::new("the agent answered something else", None));
            }
        }
        Did::Stays(Vec::new())
    }

    fn on_path_key(&mut self, key: &KeyEvent, asks: &mut Asks) -> Did {
        match key.code {
            KeyCode::Esc if self.candidates.unchoose() => {}
            KeyCode::Esc => return Did::Closes(None),
            KeyCode::Down => self.candidates.step(true),
            KeyCode::Up => self.candidates.step(false),
            KeyCode::Tab => {
                self.take_candidate();
                return Did::Stays(self.ask_paths(asks));
            }
            KeyCode::Enter => {
                if self.take_candidate() && self.path.value().ends_with('/') {
                    return Did::Stays(self.ask_paths(asks));
                }
                return Did::Stays(self.look(asks));
            }
            _ => {
                if edit::handle(&mut self.path, key) {
                    self.touch_path();
                }
            }
        }
        Did::Stays(Vec::new())
    }

    /// What was found for another text does not count any more.
    fn touch_path(&mut self) {
        self.candidates = Candidates::default();
        self.trouble = None;
        self.wait = None;
    }

    fn take_candidate(&mut self) -> bool {
        let taken = self.candidates.take();
        let is_taken = taken.is_some();
        if let Some(path) = taken {
            self.path = Input::new(path);
        }
        is_taken
    }

    fn ask_paths(&mut self, asks: &mut Asks) -> Vec<Effect> {
        let prefix = self.path.value().to_owned();
        let (id, effect) = asks.ask(Command::CompletePath { prefix });
        self.wait = Some((id, Wait::Paths));
        vec![effect]
    }

    /// Asks how the files would be read; answers given to other files are forgotten.
    fn look(&mut self, asks: &mut Asks) -> Vec<Effect> {
        let path = unquoted(self.path.value());
        if path.is_empty() {
            self.trouble = Some(Trouble::new("type the path of a file first", None));
            return Vec::new();
        }
        let spec = ImportSpec {
            paths: vec![path.to_owned()],
            validation: self.spec.validation,
            dry_run: self.spec.dry_run,
            ..ImportSpec::default()
        };
        self.ask_preview(spec, asks)
    }

    fn ask_preview(&mut self, spec: ImportSpec, asks: &mut Asks) -> Vec<Effect> {
        let (id, effect) = asks.ask(Command::PreviewImport(spec.clone()));
        self.wait = Some((id, Wait::Preview(Box::new(spec))));
        self.trouble = None;
        vec![effect]
    }

    fn on_review_key(&mut self, key: &KeyEvent, asks: &mut Asks) -> Did {
        let Some(review) = &mut self.review else {
            return Did::Stays(Vec::new());
        };
        let is_asked = review.question().is_some();
        match key.code {
            KeyCode::Esc => return self.leave_review(),
            KeyCode::Enter if self.wait.is_some() => {}
            KeyCode::Enter if is_asked => return Did::Stays(self.give_answer(asks)),
            KeyCode::Enter => return Did::Stays(self.order(asks)),
            KeyCode::Tab => review.step_file(true),
            KeyCode::BackTab => review.step_file(false),
            KeyCode::PageDown => review.scroll = review.scroll.saturating_add(8),
            KeyCode::PageUp => review.scroll = review.scroll.saturating_sub(8),
            KeyCode::Down if is_asked => review.step_choice(true),
            KeyCode::Up if is_asked => review.step_choice(false),
            KeyCode::Down => review.scroll = review.scroll.saturating_add(1),
            KeyCode::Up => review.scroll = review.scroll.saturating_sub(1),
            _ if is_asked && edit::handle(&mut review.typed, key) => self.trouble = None,
            _ if is_asked => {}
            KeyCode::Char('d') => self.spec.dry_run = !self.spec.dry_run,
            KeyCode::Char('v') => return Did::Stays(self.next_validation(asks)),
            _ => {}
        }
        Did::Stays(Vec::new())
    }

    /// Back to the path; without one, out.
    fn leave_review(&mut self) -> Did {
        self.wait = None;
        self.trouble = None;
        match self.purpose {
            Purpose::Start => {
                self.review = None;
                Did::Stays(Vec::new())
            }
            Purpose::Answer(_) => Did::Closes(None),
        }
    }

    fn give_answer(&mut self, asks: &mut Asks) -> Vec<Effect> {
        let asked = self.review.as_ref().and_then(|review| {
            let question = review.question()?;
            Some((question.about, review.answer()))
        });
        let Some((about, text)) = asked else {
            return Vec::new();
        };
        let mut spec = self.spec.clone();
        match answer::give(&mut spec, about, &text) {
            Ok(()) => self.ask_preview(spec, asks),
            Err(reason) => {
                let next = format!("for example {}", answer::example(about));
                self.trouble = Some(Trouble::new(&reason, Some(next)));
                Vec::new()
            }
        }
    }

    /// Stricter or laxer checks reject other rows, so the preview is asked for again.
    fn next_validation(&mut self, asks: &mut Asks) -> Vec<Effect> {
        let validation = match self.spec.validation {
            ValidationLevel::None => ValidationLevel::Basic,
            ValidationLevel::Basic => ValidationLevel::Standard,
            ValidationLevel::Standard => ValidationLevel::Strict,
            ValidationLevel::Strict => ValidationLevel::None,
        };
        let spec = ImportSpec {
            validation,
            ..self.spec.clone()
        };
        self.ask_preview(spec, asks)
    }

    fn order(&mut self, asks: &mut Asks) -> Vec<Effect> {
        let spec = self.spec.clone();
        let command = match self.purpose {
            Purpose::Start => Command::StartImport(spec),
            Purpose::Answer(id) => Command::AnswerImport { id, answers: spec },
        };
        let (id, effect) = asks.ask(command);
        self.wait = Some((id, Wait::Order));
        self.trouble = None;
        vec![effect]
    }
}

impl Trouble {
    /// Makes it of words.
    pub(crate) fn new(text: &str, next_step: Option<String>) -> Self {
        Self {
            text: text.to_owned(),
            next_step,
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self {
            text: refusal.message,
            next_step: refusal.next_step,
        }
    }
}

/// Terminals put quotes around a file that is dropped into them.
fn unquoted(path: &str) -> &str {
    let path = path.trim();
    let inside = |quote: char| path.strip_prefix(quote)?.strip_suffix(quote);
    inside('\'').or_else(|| inside('"')).unwrap_or(path)
}
