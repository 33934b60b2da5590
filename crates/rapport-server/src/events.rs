//! Hints over one long answer: "something was accepted, pull". They say nothing else, and nothing depends on one arriving: a device
//! that hears none pulls by its own clock.

use crate::caller::{Caller, SignedIn};
use crate::http::{Answer, Shared};
use crate::token::ACCESS_MS;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rapport_model::{Code, Error, Id, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;

/// Devices that listen at once, at most; the others pull by their clock.
const LISTENERS_MAX: usize = 5_000;

/// Between two signs of life. At each one it is asked again who listens.
const BEAT: Duration = Duration::from_secs(25);

/// As long as an access token at most: then the device shows a fresh one.
const LIFE: Duration = Duration::from_millis(ACCESS_MS.unsigned_abs());

/// Commits that follow each other this fast are one hint.
const GATHER: Duration = Duration::from_millis(200);

/// Bytes that may wait for a device.
const BUFFER_BYTES: usize = 1024;

/// Who listens. A device that comes again takes the place of its earlier self.
#[derive(Default)]
pub struct Listeners(Mutex<HashMap<Id, Arc<()>>>);

impl Listeners {
    fn enter(&self, device: Id) -> Result<Arc<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= LISTENERS_MAX && !all.contains_key(&device) {
            let message = "Too many devices listen already. Nothing is lost: changes are fetched every half minute.";
            return Err(Error::new(Code::Busy, message));
        }
        let seat = Arc::new(());
        all.insert(device, seat.clone());
        Ok(seat)
    }

    fn has(&self, device: Id, seat: &Arc<()>) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&device).is_some_and(|held| Arc::ptr_eq(held, seat))
    }

    fn leave(&self, device: Id, seat: &Arc<()>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&device).is_some_and(|held| Arc::ptr_eq(held, seat)) {
            all.remove(&device);
        }
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

pub async fn events(State(office): State<Shared>, SignedIn(caller, device): SignedIn) -> Answer<Response> {
    caller.read(|_, _| Ok(())).await?;
    let seat = office.listeners.enter(device)?;
    let (to, from) = tokio::io::duplex(BUFFER_BYTES);
    tokio::spawn(async move {
        let told = tokio::time::timeout(LIFE, tell(&office, &caller, device, &seat, to)).await;
        office.listeners.leave(device, &seat);
        if let Ok(Err(error)) = told {
            tracing::debug!(code = %error.code, "a device stopped listening");
        }
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(ReaderStream::new(from))).into_response())
}

async fn tell(office: &Shared, caller: &Caller, device: Id, seat: &Arc<()>, mut to: DuplexStream) -> Result<()> {
    let mut news = caller.news();
    let mut closing = office.closing.subscribe();
    // What was accepted before it listened may not have been pulled yet.
    send(&mut to, "event: changed\ndata: {}\n\n").await?;
    while office.listeners.has(device, seat) && !*closing.borrow_and_update() {
        let text = tokio::select! {
            heard = news.recv() => match heard {
                Err(RecvError::Closed) => return Ok(()),
                _ => {
                    tokio::time::sleep(GATHER).await;
                    news = news.resubscribe();
                    "event: changed\ndata: {}\n\n"
                }
            },
            _ = closing.changed() => return Ok(()),
            () = tokio::time::sleep(BEAT) => ":\n\n",
        };
        // Whoever was signed out meanwhile hears nothing more.
        caller.read(|_, _| Ok(())).await?;
        send(&mut to, text).await?;
    }
    Ok(())
}

async fn send(to: &mut DuplexStream, text: &str) -> Result<()> {
    let sent = tokio::time::timeout(BEAT, to.write_all(text.as_bytes())).await;
    sent.map_err(Error::internal)?.map_err(|_| Error::new(Code::Offline, "The device does not listen any more."))
}

/// Ends every long answer when the server stops.
pub fn closing() -> watch::Sender<bool> {
    watch::channel(false).0
}
