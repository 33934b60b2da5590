//! Names of companies, institutions and people: one per rank, plain ones first.

use super::dice::{Dice, mix};
use super::locale::{Entry, Order, entry, fill, industry, slug};
use super::slot::{Slot, scatter};
use rapport_model::customer::CustomerType;

/// A customer's name and what follows from it.
pub struct Named {
    pub name: String,
    /// The name in an address: `muller-optik`, or `anna.muller` of a person.
    pub slug: String,
    pub industry: &'static str,
    /// The town in the name, which is then the town of the address too.
    pub town: Option<Entry>,
    /// First and last name of an individual.
    pub person: Option<(String, String)>,
}

/// The name of a slot.
pub fn of(slot: &Slot, seed: u64) -> Named {
    let institutions = (slot.locale.institutions.len() * slot.locale.towns.len()) as u64;
    match slot.r#type {
        CustomerType::Individual => individual(slot, seed),
        CustomerType::Business => company(slot, slot.locale.forms, seed),
        CustomerType::Enterprise if slot.rank.is_multiple_of(2) && slot.rank / 2 < institutions => {
            institution(slot, institutions, seed)
        }
        CustomerType::Enterprise => company(slot, slot.locale.groups, seed),
    }
}

fn institution(slot: &Slot, all: u64, seed: u64) -> Named {
    let (_, at) = scatter(slot.rank / 2, &[all], seed);
    let towns = slot.locale.towns.len() as u64;
    let kind = entry(slot.locale.institutions[(at / towns) as usize]);
    let town = entry(slot.locale.towns[(at % towns) as usize]);
    Named {
        name: fill(kind.text, &[('t', town.text)]),
        slug: slug(&fill(kind.latin, &[('t', town.latin)])),
        industry: industry(kind.more),
        town: Some(town),
        person: None,
    }
}

/// Spaces of company names: plain, with a town, partnerships, partnerships with a town.
fn company(slot: &Slot, forms: &[&str], seed: u64) -> Named {
    let l = slot.locale;
    let (words, towns, lasts) = (l.words.len() as u64, l.towns.len() as u64, l.lasts.len() as u64);
    let pairs = lasts * (lasts - 1);
    let sizes = [l.roots() * words, l.roots() * words * towns, pairs * words, pairs * words * towns];
    let (tier, at) = scatter(slot.rank, &sizes, seed);
    let (at, second) = if tier < 2 {
        (at, None)
    } else {
        let (first, other) = (at % lasts, at / lasts % (lasts - 1));
        (first + at / pairs * l.roots(), Some(l.root(other + u64::from(other >= first))))
    };
    let root = l.root(at % l.roots());
    let word = entry(l.words[(at / l.roots() % words) as usize]);
    let town = (tier % 2 == 1).then(|| entry(l.towns[(at / l.roots() / words % towns) as usize]));
    let form = forms[(mix(slot.rank ^ seed) % forms.len() as u64) as usize];
    let roots = second.map_or(root.text.to_owned(), |other| format!("{}{}{}", root.text, l.joint, other.text));
    let pattern = if town.is_some() { l.company_of_town } else { l.company };
    let name = fill(pattern, &[('r', &roots), ('w', word.text), ('t', town.map_or("", |t| t.text)), ('f', form)]);
    let parts = [root.latin, second.map_or("", |s| s.latin), word.latin, town.map_or("", |t| t.latin)];
    Named { name, slug: slug(&parts.join(" ")), industry: industry(word.more), town, person: None }
}

/// Spaces of people's names: plain, with an initial, double names, both; a town where initials are unknown.
fn individual(slot: &Slot, seed: u64) -> Named {
    let l = slot.locale;
    let (firsts, lasts) = ((l.men.len() + l.women.len()) as u64, l.lasts.len() as u64);
    let by_town = l.lasts[0].contains('|');
    let marks = if by_town { l.towns.len() } else { INITIALS.len() } as u64;
    let plain = firsts * lasts;
    let sizes = [plain, plain * marks, plain * (lasts - 1), plain * (lasts - 1) * marks];
    let (tier, at) = scatter(slot.rank, &sizes, seed);
    let (first_at, last_at, rest) = (at % firsts, at / firsts % lasts, at / plain);
    let woman = first_at >= l.men.len() as u64;
    let first = entry(if woman { l.women[first_at as usize - l.men.len()] } else { l.men[first_at as usize] });
    let own = l.root(last_at);
    let mut last = l.last_of(own.text, woman);
    let mut latin = format!("{}.{}", slug(first.latin), slug(own.latin));
    let (other, mark) = if tier < 2 { (0, rest % marks) } else { (rest % (lasts - 1), rest / (lasts - 1) % marks) };
    if tier >= 2 {
        let other = l.root(other + u64::from(other >= last_at));
        let hyphen = if l.order == Order::Joined { "·" } else { "-" };
        last = format!("{last}{hyphen}{}", l.last_of(other.text, woman));
        latin = format!("{latin}-{}", slug(other.latin));
    }
    let (mut given, mut town) = (first.text.to_owned(), None);
    if tier % 2 == 1 && by_town {
        let place = entry(l.towns[mark as usize]);
        latin = format!("{latin}.{}", slug(place.latin));
        town = Some(place);
    } else if tier % 2 == 1 {
        let initial = INITIALS[mark as usize];
        given = format!("{given} {initial}.");
        latin = latin.replacen('.', &format!(".{}.", initial.to_ascii_lowercase()), 1);
    }
    let mut name = l.full_name(&given, &last);
    if let Some(town) = town {
        name = format!("{name} ({})", town.text);
    }
    if !by_town && l.order == Order::Given && mix(slot.rank ^ seed).is_multiple_of(5) {
        name = format!("Dr. {name}");
    }
    let calling = Dice::of(seed, slot.rank).pick(&["Clinics", "Opticians", "Veterinary", "Laboratories", "Consulting"]);
    Named { name, slug: latin, industry: calling, town, person: Some((given, last)) }
}

const INITIALS: &[&str] = &["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Z"];
