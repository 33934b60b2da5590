//! The connection breaks in the middle of a commit: whether it took place is found out, not guessed.

use crate::{customer, database};
use rapport_model::{Code, Id, Kind, Source};
use rapport_store::source::System;
use rapport_store::{Limits, Postgres, Store};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

/// What happens to the next commit on the wire.
const PASSES: u8 = 0;
/// It does not arrive.
const LOST: u8 = 1;
/// It arrives; the answer does not come back.
const ANSWER_LOST: u8 = 2;

/// A wire to the database that can be cut; returns the URL at this end.
fn wire(url: &str, fault: &Arc<AtomicU8>) -> String {
    let (head, database) = url.rsplit_once('/').expect("a database");
    let (user, server) = head.rsplit_once('@').expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let here = listener.local_addr().expect("an address");
    let (server, fault) = (server.to_owned(), fault.clone());
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (server, fault) = (TcpStream::connect(&server).expect("the database"), fault.clone());
            let (back, to) = (server.try_clone().expect("a copy"), client.try_clone().expect("a copy"));
            thread::spawn(move || copy(back, to, &AtomicU8::new(PASSES)));
            thread::spawn(move || copy(client, server, &fault));
        }
    });
    format!("{user}@{here}/{database}")
}

fn copy(mut from: TcpStream, mut to: TcpStream, fault: &AtomicU8) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let is_commit = bytes[..read].windows(6).any(|word| word == b"COMMIT");
        let fault = if is_commit { fault.swap(PASSES, Ordering::SeqCst) } else { PASSES };
        if fault == LOST || (fault == PASSES && to.write_all(&bytes[..read]).is_err()) {
            break;
        }
        if fault == ANSWER_LOST {
            let _ = from.shutdown(Shutdown::Both);
            to.write_all(&bytes[..read]).expect("sent");
            thread::sleep(Duration::from_millis(300));
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn a_commit_whose_answer_is_lost_is_told_as_it_ended() {
    let (_, url) = database(2);
    let fault = Arc::new(AtomicU8::new(PASSES));
    let limits = Limits { connections_max: 6, ..Limits::default() };
    let far = Postgres::open(&wire(&url, &fault), limits).expect("opened");
    let store = Store::over(far.org(System.id())).expect("a store");
    store.write(|tx| tx.sequence_start(1, System.id())).expect("begun");
    let mut kept: Vec<(Id, bool)> = Vec::new();
    for (n, how) in [PASSES, LOST, ANSWER_LOST, PASSES, LOST, LOST, ANSWER_LOST, ANSWER_LOST, PASSES].into_iter().enumerate() {
        let one = customer(&format!("Customer {n}"));
        let id = one.meta.id;
        fault.store(how, Ordering::SeqCst);
        let told = store.write(move |tx| tx.put(&one)).map_err(|error| error.code);
        assert_eq!(told, if how == LOST { Err(Code::Busy) } else { Ok(()) }, "write {n}");
        kept.push((id, how != LOST));
    }
    for (id, there) in kept {
        assert_eq!(store.read(move |tx| tx.find(Kind::Customers, id)).expect("read").is_some(), there);
    }
}
