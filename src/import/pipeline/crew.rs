//! [`Crew`]: the threads of one import, from chunks to parsed chunks in order.
//!
//! ```text
//!   reader ──▶ chunks ──▶ parsers ──▶ reorder ──▶ Crew::next, in the order of the files
//!      ▲                                              │
//!      └────────── one permit for each chunk ─────────┘
//! ```
//!
//! A chunk needs a permit before it is cut and gives it back when [`Crew::next`] is called again
//! (it was committed by then): so no more are in memory than there are permits, and no queue is
//! ever full. What goes wrong in a thread (an I/O error, a panic) comes out in its place in the
//! order, and everything before it is good. Dropping the crew ends and joins its threads; each is
//! in the middle of one chunk at most.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel as crossbeam;
use tokio::sync::mpsc;

use crate::runtime::{Clock, panic_words};

/// What cuts the next chunk; `None` at the end of all files.
pub(super) type Cut<C> = Box<dyn FnMut() -> Result<Option<C>, CrewError> + Send>;
/// What parses a chunk.
pub(super) type Parse<C, P> = Arc<dyn Fn(C) -> P + Send + Sync>;

/// Why the threads of an import could not go on.
#[derive(Debug, thiserror::Error)]
pub enum CrewError {
    /// A file cannot be read.
    #[error("failed to read `{path}` after byte {byte}; make it readable, then resume")]
    Read {
        /// Which file.
        path: String,
        /// How far it was read.
        byte: u64,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A thread panicked.
    #[error("the {stage} panicked at chunk {chunk}: {words}; report this, then resume")]
    Panicked {
        /// `reader` or `parser`.
        stage: &'static str,
        /// The chunk it was at, counted from where this run began.
        chunk: u64,
        /// What it said.
        words: String,
    },
    /// The system gives no thread.
    #[error("failed to start a thread of the import; end other programs, then resume")]
    Start(#[source] io::Error),
}

/// How many threads parse, and what they are called.
#[derive(Debug, Clone)]
pub(super) struct CrewPlan {
    /// Begins the names of the threads.
    pub(super) name: String,
    /// Parsers; 0: the reader parses too.
    pub(super) parsers: u32,
}

impl CrewPlan {
    /// Returns how many chunks may be in memory.
    pub(super) fn permits(&self) -> usize {
        self.parsers as usize + 2
    }
}

/// The threads of one import.
pub(super) struct Crew<P> {
    threads: Vec<JoinHandle<()>>,
    // Options, so that `drop` lets go of both ends before it joins.
    results: Option<mpsc::Receiver<(u64, Step<P>)>>,
    permits: Option<crossbeam::Sender<()>>,
    waiting: BTreeMap<u64, Step<P>>,
    next: u64,
    busy: Arc<Busy>,
}

/// What comes out of a thread.
enum Step<P> {
    Parsed(P),
    End,
    Broke(CrewError),
}

/// Microseconds at work.
#[derive(Debug, Default)]
struct Busy {
    read: AtomicU64,
    parse: AtomicU64,
}

impl<P: Send + 'static> Crew<P> {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`CrewError::Start`] when the system gives none; those that were started end.
    pub(super) fn start<C: Send + 'static>(
        plan: &CrewPlan,
        clock: &Arc<dyn Clock>,
        cut: Cut<C>,
        parse: Parse<C, P>,
    ) -> Result<Self, CrewError> {
        let capacity = plan.permits();
        let (permits, permitted) = crossbeam::bounded(capacity);
        // One more for what ends it.
        let (results_in, results) = mpsc::channel(capacity + 1);
        let busy = Arc::new(Busy::default());
        let mut crew = Self {
            threads: Vec::new(),
            results: Some(results),
            permits: Some(permits),
            waiting: BTreeMap::new(),
            next: 0,
            busy: Arc::clone(&busy),
        };
        (0..capacity).for_each(|_| crew.permit());
        let desk = Desk {
            clock: Arc::clone(clock),
            busy,
            results: results_in,
            parse,
        };
        let reader = format!("{}-read", plan.name);
        if plan.parsers == 0 {
            let parser = desk.clone();
            let deliver = move |number, chunk| parser.parse(number, chunk);
            crew.spawn(reader, move || desk.read(&permitted, cut, deliver))?;
            return Ok(crew);
        }
        let (chunks_in, chunks) = crossbeam::bounded(capacity);
        for number in 0..plan.parsers {
            let (parser, chunks) = (desk.clone(), chunks.clone());
            let name = format!("{}-parse-{number}", plan.name);
            crew.spawn(name, move || parser.parse_all(&chunks))?;
        }
        let deliver = move |number, chunk| chunks_in.send((number, chunk)).is_ok();
        crew.spawn(reader, move || desk.read(&permitted, cut, deliver))?;
        Ok(crew)
    }

    /// Returns the next parsed chunk in the order in which they were cut; `None` after the last.
    /// The one before is done with. Cancel safe.
    ///
    /// # Errors
    /// [`CrewError`] in the place of the chunk at which it happened; nothing comes after it.
    pub(super) async fn next(&mut self) -> Result<Option<P>, CrewError> {
        let step = loop {
            if let Some(step) = self.waiting.remove(&self.next) {
                break step;
            }
            let Some(results) = self.results.as_mut() else {
                return Ok(None);
            };
            match results.recv().await {
                Some((number, step)) => self.waiting.insert(number, step),
                // Every thread is gone without having said how it ended.
                None => return Err(self.silence()),
            };
        };
        self.next += 1;
        match step {
            Step::Parsed(parsed) => Ok(Some(parsed)),
            Step::End => {
                self.results = None;
                Ok(None)
            }
            Step::Broke(error) => {
                self.results = None;
                Err(error)
            }
        }
    }

    /// Lets one more chunk be cut: one that came out was committed.
    pub(super) fn permit(&mut self) {
        if let Some(permits) = &self.permits {
            // There is room for every permit there is; a reader that has ended needs none.
            permits.try_send(()).unwrap_or_default();
        }
    }

    /// Returns how long threads read and parsed.
    pub(super) fn busy(&self) -> (Duration, Duration) {
        let of = |micros: &AtomicU64| Duration::from_micros(micros.load(Ordering::Relaxed));
        (of(&self.busy.read), of(&self.busy.parse))
    }

    fn spawn(
        &mut self,
        name: String,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), CrewError> {
        let thread = Builder::new().name(name).spawn(work);
        self.threads.push(thread.map_err(CrewError::Start)?);
        Ok(())
    }

    fn silence(&self) -> CrewError {
        CrewError::Panicked {
            stage: "crew",
            chunk: self.next,
            words: "its threads ended without a word".to_owned(),
        }
    }
}

impl<P> Drop for Crew<P> {
    fn drop(&mut self) {
        self.results = None;
        self.permits = None;
        self.waiting.clear();
        for thread in self.threads.drain(..) {
            // Panics inside a thread were caught and told; there is nobody left to tell.
            drop(thread.join());
        }
    }
}

impl<P> fmt::Debug for Crew<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew")
            .field("threads", &self.threads.len())
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// What a thread of the crew works with.
struct Desk<C, P> {
    clock: Arc<dyn Clock>,
    busy: Arc<Busy>,
    results: mpsc::Sender<(u64, Step<P>)>,
    parse: Parse<C, P>,
}

impl<C, P> Clone for Desk<C, P> {
    fn clone(&self) -> Self {
        Self {
            clock: Arc::clone(&self.clock),
            busy: Arc::clone(&self.busy),
            results: self.results.clone(),
            parse: Arc::clone(&self.parse),
        }
    }
}

impl<C, P> Desk<C, P> {
    /// Cuts chunk after chunk and delivers them, until the end, a failure, or nobody listens.
    fn read(
        &self,
        permitted: &crossbeam::Receiver<()>,
        mut cut: Cut<C>,
        deliver: impl Fn(u64, C) -> bool,
    ) {
        for number in 0.. {
            if permitted.recv().is_err() {
                return;
            }
            let piece = timed(&self.clock, &self.busy.read, &mut cut);
            let is_going_on = match piece {
                Ok(Ok(Some(chunk))) => deliver(number, chunk),
                Ok(Ok(None)) => self.end(number, Step::End),
                Ok(Err(error)) => self.end(number, Step::Broke(error)),
                Err(words) => self.end(number, panicked("reader", number, words)),
            };
            if !is_going_on {
                return;
            }
        }
    }

    fn parse_all(&self, chunks: &crossbeam::Receiver<(u64, C)>) {
        while let Ok((number, chunk)) = chunks.recv() {
            if !self.parse(number, chunk) {
                return;
            }
        }
    }

    /// Parses one chunk; false when nobody wants it.
    fn parse(&self, number: u64, chunk: C) -> bool {
        let parsed = timed(&self.clock, &self.busy.parse, || (self.parse)(chunk));
        let step = match parsed {
            Ok(parsed) => Step::Parsed(parsed),
            Err(words) => panicked("parser", number, words),
        };
        self.results.blocking_send((number, step)).is_ok()
    }

    fn end(&self, number: u64, step: Step<P>) -> bool {
        // Who does not listen any more need not be told.
        self.results
            .blocking_send((number, step))
            .unwrap_or_default();
        false
    }
}

fn panicked<P>(stage: &'static str, chunk: u64, words: String) -> Step<P> {
    Step::Broke(CrewError::Panicked {
        stage,
        chunk,
        words,
    })
}

/// Runs `work`, adds its time to `busy`, and turns its panic into words.
fn timed<R>(
    clock: &Arc<dyn Clock>,
    busy: &AtomicU64,
    work: impl FnOnce() -> R,
) -> Result<R, String> {
    let started = clock.monotonic();
    // What a panic leaves half done is dropped with the crew.
    let done = catch_unwind(AssertUnwindSafe(work));
    let took = clock.monotonic().saturating_sub(started);
    busy.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    done.map_err(|panic| panic_words(panic.as_ref()).to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::runtime::SystemClock;

    fn clock() -> Arc<dyn Clock> {
        Arc::new(SystemClock::new())
    }

    fn plan(parsers: u32) -> CrewPlan {
        CrewPlan {
            name: "import-test".to_owned(),
            parsers,
        }
    }

    /// Hands out the numbers below `end`.
    fn numbers(end: u64) -> Cut<u64> {
        let mut numbers = 0..end;
        Box::new(move || Ok(numbers.next()))
    }

    #[rstest]
    #[case(0)]
    #[case(1)]
    #[case(2)]
    #[case(8)]
    #[tokio::test]
    async fn chunks_come_out_in_the_order_in_which_they_were_cut(#[case] parsers: u32) {
        let parse: Parse<u64, u64> = Arc::new(|number| {
            // Later ones are ready earlier.
            let busy: u64 = (0..(number * 7_919 % 5) * 2_000)
                .map(std::hint::black_box)
                .sum();
            number * 2 + busy / u64::MAX
        });
        let mut crew = Crew::start(&plan(parsers), &clock(), numbers(500), parse).unwrap();
        for number in 0..500 {
            assert_eq!(crew.next().await.unwrap(), Some(number * 2));
            crew.permit();
        }
        assert_eq!(crew.next().await.unwrap(), None);
        assert_eq!(crew.next().await.unwrap(), None);
    }

    #[tokio::test]
    async fn no_more_chunks_are_in_memory_than_there_are_permits() {
        let cut_so_far = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&cut_so_far);
        let cut: Cut<u64> = Box::new(move || Ok(Some(counter.fetch_add(1, Ordering::SeqCst))));
        let mut crew = Crew::start(&plan(2), &clock(), cut, Arc::new(|n: u64| n)).unwrap();
        for taken in 0..100 {
            assert_eq!(crew.next().await.unwrap(), Some(taken));
            assert!(cut_so_far.load(Ordering::SeqCst) <= taken + plan(2).permits() as u64);
            crew.permit();
        }
    }

    #[rstest]
    #[case(0)]
    #[case(3)]
    #[tokio::test]
    async fn a_panicking_parser_is_told_at_its_chunk_behind_all_before_it(#[case] parsers: u32) {
        let parse: Parse<u64, u64> = Arc::new(|number| {
            assert!(number != 5, "five is odd");
            number
        });
        let mut crew = Crew::start(&plan(parsers), &clock(), numbers(50), parse).unwrap();
        for number in 0..5 {
            assert_eq!(crew.next().await.unwrap(), Some(number));
            crew.permit();
        }
        let error = crew.next().await.unwrap_err().to_string();
        assert!(
            error.contains("parser panicked at chunk 5: five is odd"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_ends_it_behind_what_was_read() {
        let mut numbers = 0..3_u64;
        let cut: Cut<u64> = Box::new(move || match numbers.next() {
            Some(number) => Ok(Some(number)),
            None => Err(CrewError::Read {
                path: "gone.csv".to_owned(),
                byte: 12,
                source: io::ErrorKind::NotFound.into(),
            }),
        });
        let mut crew = Crew::start(&plan(2), &clock(), cut, Arc::new(|n: u64| n)).unwrap();
        for number in 0..3 {
            assert_eq!(crew.next().await.unwrap(), Some(number));
        }
        let error = crew.next().await.unwrap_err().to_string();
        assert_eq!(
            error,
            "failed to read `gone.csv` after byte 12; make it readable, then resume"
        );
    }

    #[tokio::test]
    async fn a_crew_dropped_at_work_ends_its_threads() {
        let alive = Arc::new(());
        let kept = Arc::clone(&alive);
        let parse: Parse<u64, u64> = Arc::new(move |number| {
            let _held = Arc::clone(&kept);
            number
        });
        let mut crew = Crew::start(&plan(4), &clock(), numbers(u64::MAX), parse).unwrap();
        assert_eq!(crew.next().await.unwrap(), Some(0));
        drop(crew);
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
