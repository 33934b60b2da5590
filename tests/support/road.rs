//! A bad network between laptops and their server: a proxy that cuts, holds up, swallows, doubles and garbles, connection by connection.

use super::dice::Dice;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    Straight,
    /// Taken and dropped at once.
    Refused,
    /// Every piece is held up.
    Late,
    /// The request breaks off behind so many bytes.
    CutUp(usize),
    /// The answer breaks off behind so many bytes: the request had its effect.
    CutDown(usize),
    /// The request arrives, the answer never does.
    Swallowed,
    /// The server hears everything twice, the second time on a connection of its own.
    Doubled,
    /// A byte of the answer or of the request is another one.
    Garbled {
        up: bool,
        at: usize,
    },
}

impl Fate {
    fn drawn(dice: &mut Dice, garbles: bool) -> Fate {
        match dice.below(12) {
            0 => Fate::Refused,
            1 => Fate::Late,
            2 => Fate::CutUp(dice.below(6_000)),
            3 | 4 => Fate::CutDown(dice.below(3_000)),
            5 => Fate::Swallowed,
            6 | 7 if garbles => Fate::Garbled { up: dice.below(2) == 0, at: dice.below(4_000) },
            6 | 7 => Fate::Doubled,
            _ => Fate::Straight,
        }
    }

    /// Its name without numbers.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Straight => "straight",
            Fate::Refused => "refused",
            Fate::Late => "late",
            Fate::CutUp(_) => "request cut",
            Fate::CutDown(_) => "answer cut",
            Fate::Swallowed => "answer swallowed",
            Fate::Doubled => "doubled",
            Fate::Garbled { .. } => "garbled",
        }
    }
}

struct Way {
    /// Where the server listens; several = one of them, by chance.
    servers: Mutex<Vec<String>>,
    rough: AtomicBool,
    garbles: bool,
    dice: Mutex<Dice>,
    met: Mutex<Vec<&'static str>>,
    open: AtomicUsize,
}

/// The proxy, until the test ends.
pub struct Road {
    pub address: String,
    way: Arc<Way>,
}

impl Road {
    /// Smooth at first. Over TLS bytes are garbled, which it notices; without it requests are doubled, which TLS would refuse.
    pub fn to(server: &str, seed: u64, over_tls: bool) -> Road {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let way = Arc::new(Way {
            servers: Mutex::new(vec![server.to_owned()]),
            rough: AtomicBool::new(false),
            garbles: over_tls,
            dice: Mutex::new(Dice(seed)),
            met: Mutex::default(),
            open: AtomicUsize::new(0),
        });
        let shared = way.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let way = shared.clone();
                thread::spawn(move || way.carry(client));
            }
        });
        Road { address, way }
    }

    pub fn rough(&self, rough: bool) {
        self.way.rough.store(rough, Ordering::SeqCst);
    }

    pub fn lead_to(&self, servers: &[&str]) {
        *self.way.servers.lock().expect("servers") = servers.iter().map(|server| (*server).to_owned()).collect();
    }

    /// How often each fate was met.
    pub fn met(&self) -> std::collections::BTreeMap<&'static str, usize> {
        let mut out = std::collections::BTreeMap::new();
        self.way.met.lock().expect("met").iter().for_each(|name| *out.entry(*name).or_default() += 1);
        out
    }
}

impl Way {
    fn carry(&self, client: TcpStream) {
        self.open.fetch_add(1, Ordering::SeqCst);
        let (fate, server) = {
            let mut dice = self.dice.lock().expect("dice");
            let fate = if self.rough.load(Ordering::SeqCst) { Fate::drawn(&mut dice, self.garbles) } else { Fate::Straight };
            let servers = self.servers.lock().expect("servers");
            (fate, servers[dice.below(servers.len())].clone())
        };
        self.met.lock().expect("met").push(fate.name());
        if fate != Fate::Refused
            && let Ok(server) = TcpStream::connect(&server)
        {
            both_ways(&client, &server, fate);
            // Whatever is left open on either side ends with the connection.
            let _ = server.shutdown(Shutdown::Both);
        }
        let _ = client.shutdown(Shutdown::Both);
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

fn both_ways(client: &TcpStream, server: &TcpStream, fate: Fate) {
    let shadow = (fate == Fate::Doubled).then(|| server.peer_addr().ok().and_then(|to| TcpStream::connect(to).ok())).flatten();
    thread::scope(|scope| {
        if let Some(shadow) = &shadow {
            // Its answers are read and thrown away.
            scope.spawn(|| while matches!((&mut &*shadow).read(&mut [0; 4096]), Ok(n) if n > 0) {});
        }
        scope.spawn(|| {
            pass(client, server, shadow.as_ref(), fate, true);
            // The server may still answer; it hears that no more comes.
            let _ = server.shutdown(if matches!(fate, Fate::CutUp(_)) { Shutdown::Both } else { Shutdown::Write });
            if let Some(shadow) = &shadow {
                let _ = shadow.shutdown(Shutdown::Write);
            }
        });
        pass(server, client, None, fate, false);
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        if let Some(shadow) = &shadow {
            // What was doubled is heard to its end.
            thread::sleep(Duration::from_millis(50));
            let _ = shadow.shutdown(Shutdown::Both);
        }
    });
}

/// Passes bytes on in one direction until it ends or its fate ends it.
fn pass(from: &TcpStream, to: &TcpStream, also: Option<&TcpStream>, fate: Fate, up: bool) {
    let (mut from, mut to) = (from, to);
    let (mut passed, mut piece) = (0, vec![0; 16 * 1024]);
    while let Ok(n @ 1..) = from.read(&mut piece) {
        let bytes = &mut piece[..n];
        let left = match fate {
            Fate::CutUp(at) if up => at.saturating_sub(passed),
            Fate::CutDown(at) if !up => at.saturating_sub(passed),
            Fate::Swallowed if !up => {
                thread::sleep(Duration::from_millis(200));
                return;
            }
            _ => n,
        };
        if fate == Fate::Late {
            thread::sleep(Duration::from_millis(60));
        }
        if let Fate::Garbled { up: way, at } = fate
            && way == up
            && (passed..passed + n).contains(&at)
        {
            bytes[at - passed] ^= 0x20;
        }
        let some = &bytes[..n.min(left)];
        if to.write_all(some).is_err() {
            return;
        }
        if let Some(mut also) = also {
            let _ = also.write_all(some);
        }
        passed += n;
        if left < n {
            return;
        }
    }
}
