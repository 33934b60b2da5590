//! The network: messages that are under way until the story says what becomes of them.

use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyAnswer, FamilyRequest, RemovalsAnswer, RemovalsRequest};
use rapport_model::wire::snapshot::{Block, SnapshotRequest};
use rapport_model::wire::{PullAnswer, PullRequest, PushAnswer, PushRequest};
use rapport_model::{Code, Error, Result};
use rapport_sync::transport::{Answer, Blocks, Transport};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

#[derive(Clone, Debug)]
pub enum Question {
    Push(PushRequest),
    Pull(PullRequest),
    Snapshot(SnapshotRequest),
    Digest(DigestRequest),
    Family(FamilyRequest),
    Removals(RemovalsRequest),
}

#[derive(Clone, Debug)]
pub enum Reply {
    Push(PushAnswer),
    Pull(PullAnswer),
    Snapshot(Vec<Block>),
    Digest(DigestAnswer),
    Family(FamilyAnswer),
    Removals(RemovalsAnswer),
}

/// One message under way: a question, or a question with its reply.
pub struct Message {
    pub from: usize,
    pub question: Question,
    pub reply: Option<Result<Reply>>,
    /// Who waits for it; nobody waits for a copy, or for what a dead process asked.
    waiting: Option<oneshot::Sender<Result<Reply>>>,
}

impl Message {
    /// A copy that arrives later, when nobody waits for it.
    pub fn copy(&self) -> Message {
        Message { from: self.from, question: self.question.clone(), reply: None, waiting: None }
    }

    pub fn is_waited_for(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| !waiting.is_closed())
    }

    /// Ends it at the one who asked.
    pub fn arrive(self, reply: Result<Reply>) {
        if let Some(waiting) = self.waiting {
            // Whoever died does not listen.
            let _ = waiting.send(reply);
        }
    }
}

pub fn cut() -> Error {
    Error::new(Code::Offline, "The message was lost.")
}

/// All messages under way, in the order in which they were sent.
#[derive(Clone, Default)]
pub struct Network(Arc<Mutex<Vec<Message>>>);

impl Network {
    pub fn under_way(&self) -> MutexGuard<'_, Vec<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a laptop waits for an answer.
    pub fn is_awaited_by(&self, from: usize) -> bool {
        self.under_way().iter().any(|message| message.from == from && message.is_waited_for())
    }

    fn ask(&self, from: usize, question: Question) -> Answer<'_, Reply> {
        let (to, answer) = oneshot::channel();
        self.under_way().push(Message { from, question, reply: None, waiting: Some(to) });
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(cut())) })
    }
}

/// A laptop's way to the server.
pub struct Line {
    pub network: Network,
    pub from: usize,
}

fn strange() -> Error {
    Error::internal("a reply to another question")
}

impl Transport for Line {
    fn push(&self, request: PushRequest) -> Answer<'_, PushAnswer> {
        Box::pin(async move {
            match self.network.ask(self.from, Question::Push(request)).await? {
                Reply::Push(answer) => Ok(answer),
                _ => Err(strange()),
            }
        })
    }

    fn pull(&self, request: PullRequest) -> Answer<'_, PullAnswer> {
        Box::pin(async move {
            match self.network.ask(self.from, Question::Pull(request)).await? {
                Reply::Pull(answer) => Ok(answer),
                _ => Err(strange()),
            }
        })
    }

    fn snapshot(&self, request: SnapshotRequest) -> Answer<'_, Blocks> {
        Box::pin(async move {
            let Reply::Snapshot(blocks) = self.network.ask(self.from, Question::Snapshot(request)).await? else {
                return Err(strange());
            };
            let (to, answer) = tokio::sync::mpsc::channel(blocks.len().max(1));
            for block in blocks {
                // There is room for all of them.
                let _ = to.try_send(Ok(block));
            }
            Ok(answer)
        })
    }

    fn digest(&self, request: DigestRequest) -> Answer<'_, DigestAnswer> {
        Box::pin(async move {
            match self.network.ask(self.from, Question::Digest(request)).await? {
                Reply::Digest(answer) => Ok(answer),
                _ => Err(strange()),
            }
        })
    }

    fn family(&self, request: FamilyRequest) -> Answer<'_, FamilyAnswer> {
        Box::pin(async move {
            match self.network.ask(self.from, Question::Family(request)).await? {
                Reply::Family(answer) => Ok(answer),
                _ => Err(strange()),
            }
        })
    }

    fn removals(&self, request: RemovalsRequest) -> Answer<'_, RemovalsAnswer> {
        Box::pin(async move {
            match self.network.ask(self.from, Question::Removals(request)).await? {
                Reply::Removals(answer) => Ok(answer),
                _ => Err(strange()),
            }
        })
    }
}
