//! The queue against a model, under contention, and at its ends.

use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;
use rstest::rstest;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::*;

/// Longer than any test takes; only a lost wake-up reaches it.
const DEADLINE: Duration = Duration::from_secs(20);

fn queue<T>(capacity: usize, when_full: WhenFull) -> (Sender<T>, Receiver<T>) {
    bounded("test", NonZeroUsize::new(capacity).unwrap(), when_full)
}

#[tokio::test]
async fn items_arrive_in_order_and_the_end_comes_after_the_last() {
    let (sender, mut receiver) = queue(8, WhenFull::DropNewest);
    for item in 0..3 {
        assert_eq!(sender.try_send(item), Sent::Queued);
    }
    drop(sender);
    assert_eq!(receiver.recv().await, Some(0));
    let mut rest = Vec::new();
    assert_eq!(receiver.recv_many(&mut rest, 100).await, 2);
    assert_eq!(rest, [1, 2]);
    assert_eq!(receiver.recv().await, None);
    assert_eq!(receiver.recv_many(&mut rest, 100).await, 0);
}

#[rstest]
#[case(WhenFull::Wait, vec![0, 1], 2)]
#[case(WhenFull::DropNewest, vec![0, 1], 2)]
#[case(WhenFull::DropOldest, vec![2, 3], 4)]
#[tokio::test]
async fn a_full_queue_drops_as_it_says_and_counts(
    #[case] when_full: WhenFull,
    #[case] kept: Vec<i32>,
    #[case] accepted: u64,
) {
    let (sender, mut receiver) = queue(2, when_full);
    let sent: Vec<Sent> = (0..4).map(|item| sender.try_send(item)).collect();
    assert_eq!(
        sent,
        [Sent::Queued, Sent::Queued, Sent::Dropped, Sent::Dropped]
    );
    let expected = QueueStats {
        name: "test".to_owned(),
        capacity: 2,
        depth: 2,
        high_water: 2,
        accepted,
        dropped: 2,
        when_full,
    };
    assert_eq!(sender.stats(), expected);
    assert_eq!(receiver.stats(), expected);
    let mut received = Vec::new();
    receiver.recv_many(&mut received, 10).await;
    assert_eq!(received, kept);
}

#[rstest]
#[case(WhenFull::DropNewest)]
#[case(WhenFull::DropOldest)]
fn send_never_waits_on_a_dropping_queue(#[case] when_full: WhenFull) {
    let (sender, _receiver) = queue(1, when_full);
    assert_eq!(sender.send(1).now_or_never(), Some(Sent::Queued));
    assert_eq!(sender.send(2).now_or_never(), Some(Sent::Dropped));
}

#[tokio::test]
async fn a_waiting_sender_goes_on_when_room_is_made() {
    let (sender, mut receiver) = queue(1, WhenFull::Wait);
    assert_eq!(sender.send(1).await, Sent::Queued);
    let mut second = Box::pin(sender.send(2));
    assert_eq!(second.as_mut().now_or_never(), None);
    assert_eq!(receiver.recv().await, Some(1));
    assert_eq!(second.await, Sent::Queued);
    assert_eq!(receiver.recv().await, Some(2));
    assert_eq!(sender.stats().dropped, 0);
}

#[tokio::test]
async fn a_cancelled_send_gives_its_place_back() {
    let (sender, mut receiver) = queue(1, WhenFull::Wait);
    assert_eq!(sender.try_send(1), Sent::Queued);
    let mut waiting = Box::pin(sender.send(2));
    assert_eq!(waiting.as_mut().now_or_never(), None);
    assert_eq!(receiver.try_recv(), Some(1));
    drop(waiting);
    assert_eq!(sender.try_send(3), Sent::Queued);
    assert_eq!(receiver.try_recv(), Some(3));
}

#[tokio::test]
async fn a_cancelled_recv_loses_nothing() {
    let (sender, mut receiver) = queue(4, WhenFull::Wait);
    for item in 0..100 {
        let mut waiting = Box::pin(receiver.recv());
        assert_eq!(waiting.as_mut().now_or_never(), None);
        sender.try_send(item);
        drop(waiting);
        assert_eq!(timeout(DEADLINE, receiver.recv()).await, Ok(Some(item)));
    }
}

#[tokio::test]
async fn the_last_sender_that_goes_wakes_the_receiver() {
    let (sender, mut receiver) = queue::<u8>(1, WhenFull::Wait);
    let other = sender.clone();
    let mut waiting = Box::pin(receiver.recv());
    assert_eq!(waiting.as_mut().now_or_never(), None);
    drop(sender);
    assert_eq!(waiting.as_mut().now_or_never(), None);
    drop(other);
    assert_eq!(timeout(DEADLINE, waiting).await, Ok(None));
}

#[tokio::test]
async fn a_receiver_that_goes_wakes_every_sender_and_counts_what_it_left() {
    let (sender, receiver) = queue(1, WhenFull::Wait);
    assert_eq!(sender.try_send(0), Sent::Queued);
    let mut first = Box::pin(sender.send(1));
    let mut second = Box::pin(sender.send(2));
    assert_eq!(first.as_mut().now_or_never(), None);
    assert_eq!(second.as_mut().now_or_never(), None);
    assert!(!sender.is_closed());
    drop(receiver);
    assert_eq!(timeout(DEADLINE, first).await, Ok(Sent::Closed));
    assert_eq!(timeout(DEADLINE, second).await, Ok(Sent::Closed));
    assert_eq!(sender.try_send(3), Sent::Closed);
    assert!(sender.is_closed());
    let stats = sender.stats();
    assert_eq!((stats.depth, stats.accepted, stats.dropped), (0, 1, 1));
}

#[rstest]
#[case(WhenFull::DropNewest)]
#[case(WhenFull::DropOldest)]
fn a_dropping_queue_without_receiver_is_closed(#[case] when_full: WhenFull) {
    let (sender, receiver) = queue(1, when_full);
    drop(receiver);
    assert_eq!(sender.try_send(1), Sent::Closed);
    assert_eq!(sender.stats().accepted, 0);
}

#[tokio::test]
async fn a_limit_of_nought_takes_nothing_and_does_not_wait() {
    let (_sender, mut receiver) = queue::<u8>(1, WhenFull::Wait);
    assert_eq!(
        receiver.recv_many(&mut Vec::new(), 0).now_or_never(),
        Some(0)
    );
}

#[tokio::test]
async fn a_receiver_with_a_full_queue_lets_other_tasks_run() {
    let (sender, mut receiver) = queue(10_000, WhenFull::Wait);
    for item in 0..10_000 {
        sender.try_send(item);
    }
    let mut reader = Box::pin(async {
        let mut read = 0;
        while receiver.recv().await.is_some() {
            read += 1;
            if read == 10_000 {
                break;
            }
        }
    });
    let is_done_at_once = reader.as_mut().now_or_never().is_some();
    assert!(!is_done_at_once, "10,000 items were taken in a single poll");
    reader.await;
}

const SENDERS: u64 = 4;
const ITEMS_EACH: u64 = 20_000;

/// Every sender sends its own number and a counter; returns how many arrived, checking the order of
/// each sender.
async fn contend(capacity: usize, when_full: WhenFull, limit: usize) -> (u64, QueueStats) {
    let (sender, mut receiver) = queue(capacity, when_full);
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        let sender = sender.clone();
        senders.spawn(async move {
            for count in 0..ITEMS_EACH {
                assert_ne!(sender.send((number, count)).await, Sent::Closed);
            }
        });
    }
    drop(sender);
    let mut next = [0; SENDERS as usize];
    let mut arrived = 0;
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, limit).await > 0 {
        assert!(batch.len() <= limit.min(capacity));
        for (number, count) in batch.drain(..) {
            let expected = &mut next[number as usize];
            assert!(count >= *expected, "sender {number} overtook itself");
            *expected = count + 1;
            arrived += 1;
        }
    }
    while let Some(ended) = senders.join_next().await {
        ended.unwrap();
    }
    (arrived, receiver.stats())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn contention_loses_only_what_is_counted(
    #[values(1, 7, 512)] capacity: usize,
    #[values(WhenFull::Wait, WhenFull::DropNewest, WhenFull::DropOldest)] when_full: WhenFull,
    #[values(1, 1_000)] limit: usize,
) {
    let run = contend(capacity, when_full, limit);
    let (received, stats) = timeout(DEADLINE, run).await.expect("a wake-up was lost");
    let sent = SENDERS * ITEMS_EACH;
    assert_eq!(received + stats.dropped, sent);
    assert!(stats.high_water <= capacity);
    match when_full {
        WhenFull::Wait => assert_eq!((stats.accepted, stats.dropped), (sent, 0)),
        WhenFull::DropNewest => assert_eq!(stats.accepted, received),
        WhenFull::DropOldest => assert_eq!(stats.accepted, sent),
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(u16),
    Receive,
    ReceiveMany(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u16>().prop_map(Step::Send),
        1 => Just(Step::Receive),
        1 => (1_usize..6).prop_map(Step::ReceiveMany),
    ]
}

/// The queue as one would explain it.
#[derive(Default)]
struct Model {
    items: Vec<u16>,
    accepted: u64,
    dropped: u64,
}

impl Model {
    fn send(&mut self, item: u16, capacity: usize, when_full: WhenFull) -> Sent {
        let is_full = self.items.len() == capacity;
        if is_full {
            self.dropped += 1;
            if when_full != WhenFull::DropOldest {
                return Sent::Dropped;
            }
            self.items.remove(0);
        }
        self.items.push(item);
        self.accepted += 1;
        if is_full { Sent::Dropped } else { Sent::Queued }
    }

    fn receive(&mut self, limit: usize) -> Vec<u16> {
        let taken = self.items.len().min(limit);
        self.items.drain(..taken).collect()
    }
}

proptest! {
    #[test]
    fn prop_the_queue_behaves_as_its_model(
        capacity in 1_usize..8,
        when_full in prop_oneof![
            Just(WhenFull::Wait),
            Just(WhenFull::DropNewest),
            Just(WhenFull::DropOldest),
        ],
        steps in prop::collection::vec(step(), 0..200),
    ) {
        let (sender, mut receiver) = queue(capacity, when_full);
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Send(item) => {
                    let expected = model.send(item, capacity, when_full);
                    prop_assert_eq!(sender.try_send(item), expected);
                }
                Step::Receive => {
                    let expected = model.receive(1).first().copied();
                    prop_assert_eq!(receiver.try_recv(), expected);
                }
                Step::ReceiveMany(limit) => {
                    let mut received = Vec::new();
                    let _ = receiver.recv_many(&mut received, limit).now_or_never();
                    prop_assert_eq!(received, model.receive(limit));
                }
            }
            let stats = sender.stats();
            prop_assert_eq!(stats.depth, model.items.len());
            prop_assert_eq!(stats.accepted, model.accepted);
            prop_assert_eq!(stats.dropped, model.dropped);
        }
    }
}
