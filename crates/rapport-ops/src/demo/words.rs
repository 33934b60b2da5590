//! The countries and what each lends to its customers.

mod asia;
mod balkans;
mod dach;
mod east;
mod english;
mod latin;
mod north;
mod south;
mod west;

use super::locale::Locale;

/// Every country, in the order in which shares are dealt.
pub const LOCALES: &[&Locale] = &[
    &dach::GERMANY,
    &dach::AUSTRIA,
    &dach::SWITZERLAND,
    &west::FRANCE,
    &west::BELGIUM,
    &west::NETHERLANDS,
    &english::BRITAIN,
    &english::IRELAND,
    &english::UNITED_STATES,
    &english::KENYA,
    &south::ITALY,
    &south::SPAIN,
    &latin::COLOMBIA,
    &south::PORTUGAL,
    &latin::BRAZIL,
    &balkans::GREECE,
    &south::TURKEY,
    &north::NORWAY,
    &north::SWEDEN,
    &north::DENMARK,
    &north::FINLAND,
    &east::POLAND,
    &east::CZECHIA,
    &east::HUNGARY,
    &balkans::SERBIA,
    &balkans::BULGARIA,
    &east::UKRAINE,
    &asia::JAPAN,
    &asia::KOREA,
    &asia::KUWAIT,
    &asia::EGYPT,
];
