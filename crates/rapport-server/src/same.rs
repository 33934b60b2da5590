//! Devices ask over and over whether there is anything new, and mostly there is not. Such a question is known by a short tag from then
//! on, so that asking it again and answering "no" are a few bytes each.
//!
//! It owns the questions that brought nothing, in memory alone: a server that does not know a tag says so, and is asked in full.

use rapport_model::wire::{PullAnswer, PullRequest};
use rapport_model::{Id, Millis};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Devices whose question is known at a time.
const DEVICES_MAX: usize = 50_000;

/// What a device asked that brought nothing.
#[derive(Clone)]
pub struct Asked {
    tag: String,
    pub request: PullRequest,
    durable_at: Option<Millis>,
}

impl Asked {
    /// Whether this answer says again that there is nothing.
    pub fn is_answered_by(&self, answer: &PullAnswer) -> bool {
        brought_nothing(&self.request, answer) && answer.durable_at == self.durable_at
    }
}

fn brought_nothing(request: &PullRequest, answer: &PullAnswer) -> bool {
    let is_empty = answer.entries.is_empty() && !answer.more && !answer.reset;
    is_empty && request.about.is_none() && request.cursor.as_ref() == Some(&answer.cursor)
}

#[derive(Default)]
pub struct Same(Mutex<HashMap<Id, Asked>>);

impl Same {
    /// Notes a question of a device, and gives its tag, if the answer brought nothing.
    pub fn note(&self, device: Id, request: &PullRequest, answer: &PullAnswer) -> Option<String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !brought_nothing(request, answer) {
            known.remove(&device);
            return None;
        }
        let random = crate::token::random::<6>().ok()?;
        let tag: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        if known.len() >= DEVICES_MAX && !known.contains_key(&device) {
            known.clear();
        }
        let asked = Asked { tag: tag.clone(), request: request.clone(), durable_at: answer.durable_at };
        known.insert(device, asked);
        Some(tag)
    }

    /// What this device asked under the tag.
    pub fn of(&self, device: Id, tag: &str) -> Option<Asked> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&device).filter(|asked| asked.tag == tag).cloned()
    }
}
