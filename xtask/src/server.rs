//! A server that we start: when it listens, and where.

use crate::children::Guarded;
use std::io::{BufRead, BufReader};
use std::process::Command;

const LISTENING: &str = "listening on ";

/// Starts the server and gives its address as soon as it listens.
pub fn start(serve: &Command) -> Result<(Guarded, String), String> {
    start_saying(serve, LISTENING)
}

/// Starts a program and gives the address that it prints after these words as soon as it listens.
pub fn start_saying(serve: &Command, words: &str) -> Result<(Guarded, String), String> {
    let mut server = Guarded::start(serve, true)?;
    let mut lines = BufReader::new(server.take_stdout()?).lines();
    for line in lines.by_ref() {
        let line = line.map_err(|error| format!("The output of the server: {error}"))?;
        if let Some(address) = address(&line, words) {
            let address = address.to_owned();
            // The pipe must not fill up.
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
            return Ok((server, address));
        }
        println!("{line}");
    }
    Err("It ended before it listened; its message is above.".into())
}

fn address<'a>(line: &'a str, words: &str) -> Option<&'a str> {
    line.strip_prefix(words).map(str::trim).filter(|address| address.starts_with("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_listening_line_only() {
        assert_eq!(address("listening on http://127.0.0.1:8787", LISTENING), Some("http://127.0.0.1:8787"));
        assert_eq!(address("starting up", LISTENING), None);
    }
}
