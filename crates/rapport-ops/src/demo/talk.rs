//! What account managers write down, language by language.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod ja;
mod nb;
mod nl;
mod pl;
mod pt;
mod tr;

use rapport_model::interaction::InteractionType;

/// A language in which notes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    De,
    En,
    Es,
    Fr,
    It,
    Ja,
    Nb,
    Nl,
    Pl,
    Pt,
    Tr,
}

/// Type, subject, description, outcome ("" = none).
///
/// {c} is the contact, {p} a product, {n} a small number, {t} the town.
pub type Line = (InteractionType, &'static str, &'static str, &'static str);

/// The sentences of one language.
pub struct Talk {
    /// ISO 639-1.
    pub code: &'static str,
    /// Title and department.
    pub jobs: &'static [(&'static str, &'static str)],
    /// What happens with anybody.
    pub lines: &'static [Line],
    /// What happens with those who have bought.
    pub sold: &'static [Line],
    /// Calls, meetings and visits still to come.
    pub plans: &'static [Line],
    /// What is to be done next.
    pub steps: &'static [&'static str],
    /// What is good to know about a customer.
    pub notes: &'static [&'static str],
    /// What is good to know about a person.
    pub people: &'static [&'static str],
    /// Why a customer was lost.
    pub reasons: &'static [&'static str],
}

pub const PRODUCTS: &[&str] = &[
    "Fjord C2",
    "Aurora LED 450",
    "Aurora LED 620",
    "M300",
    "M450 Inverted",
    "Polar 40×/0.95",
    "Polar 100×/1.40",
    "Nordlys S2",
    "Lumen Stage XY",
    "Lumen Stage Z",
    "Skagen Slide Scanner",
    "Tind Spectrometer T5",
    "Service Plan 36",
];

impl Lang {
    pub fn talk(self) -> &'static Talk {
        match self {
            Lang::De => &de::TALK,
            Lang::En => &en::TALK,
            Lang::Es => &es::TALK,
            Lang::Fr => &fr::TALK,
            Lang::It => &it::TALK,
            Lang::Ja => &ja::TALK,
            Lang::Nb => &nb::TALK,
            Lang::Nl => &nl::TALK,
            Lang::Pl => &pl::TALK,
            Lang::Pt => &pt::TALK,
            Lang::Tr => &tr::TALK,
        }
    }
}
