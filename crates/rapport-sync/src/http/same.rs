//! Asking again what brought nothing: by the tag that the server gave that question, while it knows it.

use super::{HttpTransport, MARK, REQUEST_TIMEOUT, read_answer};
use rapport_model::wire::{NOW, PullAnswer, PullRequest, SAME};
use rapport_model::{Code, Millis, Result};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use std::sync::PoisonError;

/// A question that brought nothing.
#[derive(Clone)]
pub(super) struct Same {
    tag: String,
    request: PullRequest,
    answer: PullAnswer,
}

pub(super) async fn pull(http: &HttpTransport, request: PullRequest) -> Result<PullAnswer> {
    let known = http.same.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(known) = known.filter(|known| known.request == request) {
        match again(http, &known).await {
            Ok(answer) => return Ok(answer),
            // The server was started anew, or another one answers.
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let response = http.send("/api/sync/pull", &request, REQUEST_TIMEOUT).await?;
    let tag = text_of(response.headers(), SAME);
    let answer: PullAnswer = read_answer(response).await?;
    if let Some(tag) = tag {
        keep(http, Same { tag, request, answer: answer.clone() });
    }
    Ok(answer)
}

async fn again(http: &HttpTransport, known: &Same) -> Result<PullAnswer> {
    let url = format!("{}/api/sync/same/{}", http.server, known.tag);
    let response = http.authorised(|token| http.client.get(&url).bearer_auth(token).timeout(REQUEST_TIMEOUT)).await?;
    match nothing_new(&response) {
        Some(server_time) => {
            keep(http, known.clone());
            Ok(PullAnswer { server_time, ..known.answer.clone() })
        }
        None => read_answer(response).await,
    }
}

/// The server's time, if it says that there is still nothing.
fn nothing_new(response: &Response) -> Option<Millis> {
    let ours = response.headers().contains_key(MARK) && response.status() == StatusCode::NO_CONTENT;
    let now = text_of(response.headers(), NOW).filter(|_| ours)?;
    now.parse().ok().map(Millis)
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn keep(http: &HttpTransport, same: Same) {
    *http.same.lock().unwrap_or_else(PoisonError::into_inner) = Some(same);
}
