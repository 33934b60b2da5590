//! A story: what happens in one run, event by event, decided by a seed before anything happens.
//!
//! Every event carries its own random number, so that leaving one out does not change what the others are.

use crate::dice::Dice;
use crate::disk::Mishap;

/// One laptop of a story, by number.
pub type Who = usize;

/// What somebody does on a laptop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    NewCustomer,
    EditCustomer,
    Tag,
    Notes,
    Owner,
    Status,
    NewContact,
    EditContact,
    NewCall,
    EditCall,
    Delete,
    Restore,
    /// The last change is taken back.
    Undo,
    /// Many records in one change.
    Bulk,
    /// Something that the server can never take gets into the line.
    Poison,
    /// So does a record that it can never make.
    Stillborn,
    /// What was wrong with that is put right.
    Correct,
    /// An edit of something that its author has seen deleted gets into the line.
    Ghost,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    Delivered,
    Lost,
    /// It arrives, and a copy of it arrives again later.
    Doubled,
    /// A part of it is missing.
    Truncated,
    /// A part of it is something else.
    Garbled,
    /// Something in between answers in the server's place.
    Portal,
}

/// What an administrator does at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Edit,
    Assign,
    AssignMany,
    Archive,
    Unarchive,
    Delete,
    Purge,
    Erase,
    /// The sales people become a team, or are none any more.
    Team,
}

impl Order {
    /// What an administrator does who thinks better of it.
    pub fn taken_back(self) -> Order {
        match self {
            Order::Archive => Order::Unarchive,
            Order::Unarchive => Order::Archive,
            other => other,
        }
    }
}

/// How a laptop's clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    OffBy(i64),
    Frozen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Save {
        who: Who,
        deed: Deed,
        pick: u64,
    },
    /// A round begins; its messages wait for what becomes of them.
    Round {
        who: Who,
    },
    /// A whole round over a network that is well.
    Sync {
        who: Who,
    },
    /// The same, and its user types on: behind the n-th step of its messages, where another one synchronises, too, and the same again
    /// when all of them are through.
    Typing {
        who: Who,
        step: usize,
        with: Who,
        deed: Deed,
        pick: u64,
    },
    /// A save and a whole round, and behind the n-th step of its messages an administrator decides something that she takes back a few
    /// steps later.
    Waver {
        who: Who,
        deed: Deed,
        step: usize,
        lasts: usize,
        order: Order,
        pick: u64,
    },
    /// The next step of a message under way.
    Net {
        pick: u64,
        passage: Passage,
    },
    /// From here on what this laptop sends, or what it is sent, gets lost; `None` = it is well again.
    Cut {
        who: Who,
        answers: Option<bool>,
    },
    Kill {
        who: Who,
    },
    Disk {
        who: Who,
        commits: u32,
        mishap: Mishap,
    },
    ServerDisk {
        commits: u32,
        mishap: Mishap,
    },
    /// A row on this laptop's disk is lost, or becomes another one.
    Rot {
        who: Who,
        pick: u64,
    },
    /// The server's log says of everything that this laptop holds that it left.
    Blip {
        who: Who,
    },
    /// A backup of the server is made.
    ServerBackup,
    /// The server is restored from it.
    ServerRestored,
    /// A copy of this laptop's disk is made.
    CopyDisk {
        who: Who,
    },
    /// The laptop goes on with the copy.
    DiskRestored {
        who: Who,
    },
    ServerRestarts,
    /// The server begins a new life with all that it had.
    ServerEpoch,
    Clock {
        who: Who,
        going: Going,
    },
    Time {
        ms: i64,
    },
    Office {
        order: Order,
        pick: u64,
    },
}

/// The people of an office, in the order in which laptops are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    Marit,
    Sunniva,
    Odd,
    Siri,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub seed: u64,
    pub laptops: Vec<Person>,
    pub events: Vec<Event>,
}

const DAY_MS: i64 = 86_400_000;

impl Story {
    pub fn tell(seed: u64) -> Story {
        let mut dice = Dice::new(seed ^ 0x005e_ed0f_5eed);
        let people = [(4, Person::Marit), (4, Person::Sunniva), (2, Person::Odd), (2, Person::Siri)];
        let laptops: Vec<Person> = (0..2 + dice.below(2)).map(|_| dice.weighted(&people)).collect();
        let calm = dice.one_in(4);
        let count = 30 + dice.below(40);
        let mut events: Vec<Event> = (0..3).map(|_| first(&mut dice, laptops.len())).collect();
        // Everybody knows what there is, so that people meet at the same records.
        events.extend((0..laptops.len()).chain(0..laptops.len()).map(|who| Event::Sync { who }));
        if dice.one_in(2) {
            events.push(Event::Office { order: Order::Team, pick: dice.next() });
        }
        let begun = events.len();
        for _ in 0..count {
            let event = event(&mut dice, laptops.len(), calm);
            events.push(event);
            if let Event::Rot { who, .. } = event {
                // Nobody knows of it, and work goes on.
                events.push(Event::Save { who, deed: Deed::NewCall, pick: dice.next() });
            }
        }
        if !calm && dice.one_in(3) {
            fire(&mut dice, &mut events, begun, laptops.len());
        }
        Story { seed, laptops, events }
    }
}

/// On a day on which people have worked on since the last backup the server is lost, in half of the stories with one of the laptops, in half
/// of them when a part of what somebody changed at once has just left her.
fn fire(dice: &mut Dice, events: &mut Vec<Event>, begun: usize, laptops: usize) {
    let late = events.len() - dice.below((events.len() - begun) / 2);
    let who = dice.below(laptops);
    let with_it = dice.one_in(2);
    events.insert(late, Event::ServerRestored);
    if with_it {
        events.insert(late, Event::DiskRestored { who });
        events.insert(begun, Event::CopyDisk { who });
    }
    if dice.one_in(2) {
        let who = dice.below(laptops);
        let many = Event::Save { who, deed: Deed::Bulk, pick: dice.next() };
        let assigned = Event::Office { order: Order::Assign, pick: dice.next() };
        events.splice(late..late, [many, Event::Sync { who }, assigned, Event::Sync { who }]);
    }
    events.insert(begun, Event::ServerBackup);
}

fn first(dice: &mut Dice, laptops: usize) -> Event {
    Event::Save { who: dice.below(laptops), deed: Deed::NewCustomer, pick: dice.next() }
}

#[derive(Clone, Copy)]
enum Sort {
    Save,
    Round,
    Sync,
    Typing,
    Waver,
    Net,
    Time,
    Office,
    Trouble,
}

fn event(dice: &mut Dice, laptops: usize, calm: bool) -> Event {
    let who = dice.below(laptops);
    let trouble = if calm { 0 } else { 8 };
    let sorts = [
        (30, Sort::Save),
        (9, Sort::Round),
        (12, Sort::Sync),
        (4, Sort::Typing),
        (5, Sort::Waver),
        (22, Sort::Net),
        (6, Sort::Time),
        (5, Sort::Office),
        (trouble, Sort::Trouble),
    ];
    match dice.weighted(&sorts) {
        Sort::Save => Event::Save { who, deed: deed(dice), pick: dice.next() },
        Sort::Round => Event::Round { who },
        Sort::Sync => Event::Sync { who },
        Sort::Typing => {
            let (step, with) = (dice.below(6), dice.below(laptops));
            Event::Typing { who, step, with, deed: deed(dice), pick: dice.next() }
        }
        Sort::Waver => {
            let (step, lasts) = (dice.below(4), 1 + dice.below(3));
            let order = dice.weighted(&[(3, Order::Team), (1, Order::Assign), (1, Order::Archive)]);
            // What hangs on others' customers is hers to do as long as she sees them.
            let deed = dice.weighted(&[(3, Deed::EditCall), (1, Deed::EditContact), (1, Deed::EditCustomer)]);
            Event::Waver { who, deed, step, lasts, order, pick: dice.next() }
        }
        Sort::Net => Event::Net { pick: dice.next(), passage: passage(dice, calm) },
        Sort::Time => Event::Time { ms: *dice.of(&[1, 700, 60_000, 3_600_000, DAY_MS, 20 * DAY_MS]) },
        Sort::Office => {
            let orders = [
                (4, Order::Edit),
                (4, Order::Assign),
                (2, Order::AssignMany),
                (2, Order::Archive),
                (2, Order::Unarchive),
                (2, Order::Delete),
                (1, Order::Purge),
                (1, Order::Erase),
                (3, Order::Team),
            ];
            Event::Office { order: dice.weighted(&orders), pick: dice.next() }
        }
        Sort::Trouble => trouble_of(dice, who),
    }
}

fn deed(dice: &mut Dice) -> Deed {
    dice.weighted(&[
        (3, Deed::NewCustomer),
        (9, Deed::EditCustomer),
        (5, Deed::Tag),
        (4, Deed::Notes),
        (4, Deed::Owner),
        (3, Deed::Status),
        (4, Deed::NewContact),
        (5, Deed::EditContact),
        (4, Deed::NewCall),
        (3, Deed::EditCall),
        (4, Deed::Delete),
        (2, Deed::Restore),
        (2, Deed::Undo),
        (4, Deed::Bulk),
        (1, Deed::Poison),
        (1, Deed::Stillborn),
        (2, Deed::Correct),
        (3, Deed::Ghost),
    ])
}

fn passage(dice: &mut Dice, calm: bool) -> Passage {
    let bad = usize::from(!calm);
    dice.weighted(&[
        (20, Passage::Delivered),
        (3 * bad, Passage::Lost),
        (3 * bad, Passage::Doubled),
        (bad, Passage::Truncated),
        (bad, Passage::Garbled),
        (bad, Passage::Portal),
    ])
}

fn trouble_of(dice: &mut Dice, who: Who) -> Event {
    let mishaps = [Mishap::Full, Mishap::Broken, Mishap::DiesBefore, Mishap::DiesAfter];
    match dice.below(23) {
        0 => Event::Kill { who },
        10 | 20..=22 => Event::Rot { who, pick: dice.next() },
        11 => Event::Blip { who },
        12 | 17 => Event::ServerBackup,
        13 | 18 | 19 => Event::ServerRestored,
        14 | 15 => Event::CopyDisk { who },
        16 => Event::DiskRestored { who },
        1..=3 => Event::Disk { who, commits: u32::try_from(dice.below(6)).unwrap_or(0), mishap: *dice.of(&mishaps) },
        4 => Event::ServerDisk { commits: u32::try_from(dice.below(3)).unwrap_or(0), mishap: *dice.of(&mishaps) },
        5 => Event::ServerRestarts,
        6 => Event::ServerEpoch,
        7 => Event::Cut { who, answers: *dice.of(&[Some(true), Some(false), None]) },
        _ => {
            let year = 365 * DAY_MS;
            let off = *dice.of(&[-9 * year, -DAY_MS, -4_000, 90_000, 3_600_000, 9 * year]);
            let going = if dice.one_in(4) { Going::Frozen } else { Going::OffBy(off) };
            Event::Clock { who, going }
        }
    }
}
