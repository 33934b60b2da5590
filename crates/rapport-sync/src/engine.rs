//! The engine: pure steps from a state and an event to the next state and what to do. It reads no clock and does no I/O.

use rapport_model::{Code, Millis};

/// Waits between tries after a failure: exponential, with full jitter.
pub const RETRY_MS_MIN: i64 = 1_000;
pub const RETRY_MS_MAX: i64 = 5 * 60 * 1_000;
/// Quiet time after a change before it is sent, so that typing is one push.
pub const DEBOUNCE_MS: i64 = 1_500;
/// Between rounds when nothing happens and nobody would say.
pub const POLL_MS: i64 = 30_000;
/// The same while the server says when there is something: a net, for hints that get lost.
pub const NET_MS: i64 = 5 * 60 * 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Idle,
    /// A round is under way.
    Running,
    /// A try failed; the next one is timed.
    Waiting,
    /// Only signing in again helps.
    SignedOut,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    pub mode: Mode,
    pub work_offline: bool,
    /// Failures in a row.
    pub failures: u32,
    /// Something changed while a round was under way.
    pub again: bool,
    pub offline_since: Option<Millis>,
    /// The server says when there is something.
    pub listening: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Started,
    /// The user saved something.
    Changed,
    /// "Sync now", or the network came back.
    Asked,
    TimerFired,
    WorkOffline(bool),
    /// A round ended well.
    Finished,
    Failed {
        code: Code,
        retry_after_ms: Option<i64>,
    },
    SignedIn,
    /// The server says that there is something; the first one says that it will.
    Hinted,
    /// Nobody says any more.
    Deaf,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Pull, push, pull what the push made.
    Run,
    /// One timer; a new one replaces it.
    Timer { after_ms: i64 },
    /// Tell the interfaces.
    Publish,
}

/// The next state, and what to do. `jitter` is a random number from 0 up to 1.
pub fn step(state: &State, event: &Event, now: Millis, jitter: f64) -> (State, Vec<Action>) {
    let mut next = state.clone();
    let mut actions = Vec::new();
    match event {
        Event::WorkOffline(on) => {
            next.work_offline = *on;
            if !*on && next.mode != Mode::Running {
                run(&mut next, &mut actions);
            }
        }
        Event::Started | Event::Asked | Event::TimerFired => match next.mode {
            Mode::Running => next.again = true,
            Mode::SignedOut if *event != Event::Asked => {}
            _ => run(&mut next, &mut actions),
        },
        Event::SignedIn => {
            if next.mode != Mode::Running {
                run(&mut next, &mut actions);
            }
        }
        Event::Hinted => {
            next.listening = true;
            match next.mode {
                Mode::Running => next.again = true,
                Mode::SignedOut => {}
                _ => run(&mut next, &mut actions),
            }
        }
        Event::Deaf => next.listening = false,
        Event::Changed => match next.mode {
            Mode::Running => next.again = true,
            Mode::Idle if !next.work_offline => actions.push(Action::Timer { after_ms: DEBOUNCE_MS }),
            // A waiting retry or a missing sign-in takes the change along.
            _ => {}
        },
        Event::Finished => {
            let quiet_ms = if next.listening { NET_MS } else { POLL_MS };
            let after_ms = if next.again { DEBOUNCE_MS } else { quiet_ms };
            next = State { work_offline: next.work_offline, listening: next.listening, ..State::default() };
            actions.push(Action::Timer { after_ms });
        }
        Event::Failed { code, retry_after_ms } => fail(&mut next, *code, *retry_after_ms, now, jitter, &mut actions),
    }
    actions.push(Action::Publish);
    (next, actions)
}

fn run(next: &mut State, actions: &mut Vec<Action>) {
    if !next.work_offline {
        next.mode = Mode::Running;
        next.again = false;
        actions.push(Action::Run);
    }
}

fn fail(next: &mut State, code: Code, retry_after_ms: Option<i64>, now: Millis, jitter: f64, actions: &mut Vec<Action>) {
    next.again = false;
    if code.status() == 401 {
        next.mode = Mode::SignedOut;
        return;
    }
    if code == Code::Offline {
        next.offline_since.get_or_insert(now);
    }
    next.mode = Mode::Waiting;
    next.failures = next.failures.saturating_add(1);
    let ceiling = RETRY_MS_MIN.saturating_mul(1 << next.failures.min(16)).min(RETRY_MS_MAX);
    // A request that cannot succeed as it is does not loop: it waits the longest.
    let ceiling = if code.retry() { ceiling } else { RETRY_MS_MAX };
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a wait of minutes fits")]
    let wait = (ceiling as f64 * jitter) as i64;
    actions.push(Action::Timer { after_ms: wait.max(retry_after_ms.unwrap_or(0)).max(RETRY_MS_MIN / 2) });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_all(events: &[Event]) -> (State, Vec<Action>) {
        let mut state = State::default();
        let mut last = Vec::new();
        for event in events {
            (state, last) = step(&state, event, Millis(7), 0.5);
        }
        (state, last)
    }

    fn failed(code: Code) -> Event {
        Event::Failed { code, retry_after_ms: None }
    }

    #[test]
    fn typing_is_one_round_and_a_change_during_a_round_makes_another() {
        let (_, actions) = run_all(&[Event::Changed]);
        assert_eq!(actions[0], Action::Timer { after_ms: DEBOUNCE_MS });
        let (state, actions) = run_all(&[Event::Started, Event::Changed]);
        assert!(state.again && !actions.contains(&Action::Run));
        let (_, actions) = run_all(&[Event::Started, Event::Changed, Event::Finished]);
        assert_eq!(actions[0], Action::Timer { after_ms: DEBOUNCE_MS });
        let (_, actions) = run_all(&[Event::Started, Event::Finished]);
        assert_eq!(actions[0], Action::Timer { after_ms: POLL_MS });
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        let mut state = State::default();
        let mut waits = Vec::new();
        for _ in 0..40 {
            let (after, actions) = step(&state, &failed(Code::Offline), Millis(7), 0.999);
            state = after;
            if let Action::Timer { after_ms } = actions[0] {
                waits.push(after_ms);
            }
        }
        assert!(waits[1] > waits[0] && waits.iter().all(|w| *w <= RETRY_MS_MAX), "{waits:?}");
        assert_eq!(state.offline_since, Some(Millis(7)));
        let (_, actions) = step(&state, &Event::Failed { code: Code::Busy, retry_after_ms: Some(999_999) }, Millis(7), 0.0);
        assert_eq!(actions[0], Action::Timer { after_ms: 999_999 });
    }

    #[test]
    fn a_lost_sign_in_stops_the_rounds_until_somebody_signs_in() {
        let (state, actions) = run_all(&[Event::Started, failed(Code::Unauthorized)]);
        assert_eq!((state.mode, actions), (Mode::SignedOut, vec![Action::Publish]));
        let (_, actions) = step(&state, &Event::TimerFired, Millis(7), 0.5);
        assert!(!actions.contains(&Action::Run));
        let (_, actions) = step(&state, &Event::SignedIn, Millis(7), 0.5);
        assert!(actions.contains(&Action::Run));
    }

    #[test]
    fn a_hint_makes_a_round_at_once_and_the_clock_waits_longer_while_somebody_says() {
        let (state, actions) = run_all(&[Event::Hinted]);
        assert!(state.listening && actions.contains(&Action::Run));
        let (state, actions) = run_all(&[Event::Started, Event::Hinted, Event::Finished]);
        assert_eq!(actions[0], Action::Timer { after_ms: DEBOUNCE_MS }, "what was said meanwhile is fetched too");
        let (_, actions) = step(&state, &Event::Finished, Millis(7), 0.5);
        assert_eq!(actions[0], Action::Timer { after_ms: NET_MS });
        let (_, actions) = run_all(&[Event::Hinted, Event::Deaf, Event::Finished]);
        assert_eq!(actions[0], Action::Timer { after_ms: POLL_MS });
        let (_, actions) = run_all(&[Event::WorkOffline(true), Event::Hinted]);
        assert!(!actions.contains(&Action::Run));
    }

    #[test]
    fn working_offline_sends_nothing_until_it_ends() {
        let (state, actions) = run_all(&[Event::WorkOffline(true), Event::Asked]);
        assert!(!actions.contains(&Action::Run));
        let (_, actions) = step(&state, &Event::WorkOffline(false), Millis(7), 0.5);
        assert!(actions.contains(&Action::Run));
    }
}
