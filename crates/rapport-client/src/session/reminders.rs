//! The reminder timer of an open session. It asks rapport-ops what is due and hands it to the host's [`Teller`]; it runs
//! whether a window is shown or not.

use super::ready::Ready;
use super::{Client, Inner};
use crate::choices;
use crate::tokens::blocking;
use crate::words::{Language, Notice};
use rapport_model::{Millis, Result};
use rapport_ops::reminders::{self, moments::Due, moments::Note};
use rapport_sync::status::Phase;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

/// How often it is looked. A timer to the next moment would sleep through a suspended laptop and a changed clock.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Shows reminders: the notifications of the system, or what a test observes.
pub trait Teller: Send + Sync {
    /// Blocks until the system has taken it. An error = it was not shown, and is tried again.
    fn tell(&self, notice: &Notice) -> Result<()>;
}

/// How telling went the last time.
#[derive(Default)]
pub(super) struct Reminding(AtomicU8);

const TAKEN: u8 = 1;
const REFUSED: u8 = 2;

pub(super) async fn go_on(ready: Weak<Ready>, client: Weak<Inner>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (Some(_), Some(inner)) = (ready.upgrade(), client.upgrade()) else { return };
        if let Err(error) = (Client { inner }).remind().await {
            tracing::warn!(code = %error.code, "the reminders could not be looked at");
        }
    }
}

impl Client {
    /// One look: tells what is due and was not told. Returns how many notifications were shown.
    pub async fn remind(&self) -> Result<usize> {
        let Some(teller) = self.inner.options.teller.clone() else { return Ok(0) };
        let ready = self.ready()?;
        let settled = settled(&ready).await?;
        if ready.is_sample() || settled == Settled::Never {
            return Ok(0);
        }
        let (ctx, client) = (ready.context(self), self.clone());
        drop(ready);
        blocking(move || {
            let look = reminders::look(&ctx, &reminders::wish(&ctx)?, &chrono::Local)?;
            reminders::note_told(&ctx, &look.known)?;
            let (mut shown, language) = (0, choices::read(client.inner.folder.path()).language());
            for note in look.notes.iter().filter(|note| settled == Settled::Yes || is_timed(note)) {
                if client.told(teller.as_ref(), language, note, ctx.source.now()) {
                    // One by one: a later one that is refused takes nothing back, and an end in between tells nothing twice.
                    reminders::note_told(&ctx, note.things())?;
                    shown += 1;
                }
            }
            Ok(shown)
        })
        .await
    }

    fn told(&self, teller: &dyn Teller, language: Language, note: &Note, now: Millis) -> bool {
        let told = teller.tell(&language.notice(note, now, &chrono::Local));
        let state = if told.is_ok() { TAKEN } else { REFUSED };
        let before = self.inner.reminding.0.swap(state, Ordering::Relaxed);
        if let Err(error) = &told
            && before != REFUSED
        {
            tracing::warn!(code = %error.code, "the system does not show reminders; they are tried again");
        }
        told.is_ok()
    }

    /// What the settings say of it.
    pub(super) fn reminding_state(&self) -> Option<&'static str> {
        self.inner.options.teller.as_ref()?;
        Some(match self.inner.reminding.0.load(Ordering::Relaxed) {
            REFUSED => "refused",
            TAKEN => "shown",
            _ => "ready",
        })
    }
}

fn is_timed(note: &Note) -> bool {
    note.things().iter().all(|thing| matches!(thing.due, Due::At(_) | Due::Wall(_)))
}

#[derive(Clone, Copy, PartialEq)]
enum Settled {
    Yes,
    /// A long absence may be being made up for: what comes in page by page would be told page by page. Appointments cannot wait.
    NotYet,
    /// Before the first download is complete.
    Never,
}

async fn settled(ready: &Arc<Ready>) -> Result<Settled> {
    if ready.remote.is_none() {
        return Ok(Settled::Yes);
    }
    let syncing = {
        let driver = ready.driver.lock().unwrap_or_else(PoisonError::into_inner);
        driver.as_ref().is_some_and(|driver| driver.status().phase == Phase::Syncing)
    };
    let ever = ready.store.read_async(|tx| tx.progress::<i64>(rapport_sync::seal::key::LAST_SUCCESS)).await?;
    Ok(match (ever, syncing) {
        (None, _) => Settled::Never,
        (Some(_), true) => Settled::NotYet,
        (Some(_), false) => Settled::Yes,
    })
}
