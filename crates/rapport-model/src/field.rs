//! What a declaration says of one field, and the words to say it with.

use crate::Kind;

/// What a field holds; decides its input, its check and its TypeScript type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    Text,
    LongText,
    Email,
    Phone,
    Url,
    Choice(&'static [&'static str]),
    Bool,
    Integer,
    Money,
    /// A plain number with decimals: a rate, a factor.
    Number,
    Instant,
    Day,
    Ref(Kind),
    Tags,
    /// A JSON object or list; the text is its TypeScript type.
    Json(&'static str),
}

/// Who writes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Typed by a person; travels in mutations.
    User,
    /// Set by a rule in the same save (the day a lead qualified); travels with its unit, but no form and no PUT sets it.
    Rule,
    /// Computed from the record and its children on every end; travels in no mutation.
    Computed,
    /// Written by the server alone.
    Server,
}

/// How two people's edits of one unit come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The later wins; both values are logged.
    Plain,
    /// The later wins; the one who lost also gets a card.
    Card,
    /// Long text: three-way, else both texts are kept.
    Text,
    /// A set of words, each a unit of its own: `tags/<word>` with true or null.
    Set,
    /// From empty, the first accepted stands and the other gets a card; otherwise as `Card`.
    Claim,
}

/// Which part of a record a field belongs to when a role sees only parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    Core,
    Text,
    Private,
    Figures,
    /// Of a record: quotes that were not sent.
    Draft,
}

/// One field of a record type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The column name, snake_case.
    pub name: &'static str,
    /// The JSON name, camelCase.
    pub json: &'static str,
    pub label: &'static str,
    pub kind: FieldKind,
    /// The column type in the portable SQL subset.
    pub sql: &'static str,
    pub nullable: bool,
    pub required: bool,
    /// Whether a POST has to name it, be it with an empty value.
    pub present: bool,
    /// Whether it follows from its unit: forgotten when others of the unit are set without it, and filled in by a rule.
    pub follows: bool,
    /// Characters at most (text), bytes of JSON at most (objects); 0 = no limit of its own.
    pub max: usize,
    pub owner: Owner,
    unit: &'static str,
    pub merge: Merge,
    pub facet: Facet,
    /// For a computed field whose typed value has a field of its own: that field's JSON name; a PUT of this one sets that.
    pub typed_as: Option<&'static str>,
}

impl Field {
    const fn of(label: &'static str, kind: FieldKind, max: usize) -> Field {
        Field {
            name: "",
            json: "",
            label,
            kind,
            sql: "",
            nullable: false,
            required: false,
            present: false,
            follows: false,
            max,
            owner: Owner::User,
            unit: "",
            merge: Merge::Plain,
            facet: Facet::Core,
            typed_as: None,
        }
    }

    /// The unit that merges as one; by default the field itself.
    pub const fn unit(&self) -> &'static str {
        if self.unit.is_empty() { self.json } else { self.unit }
    }

    pub const fn required(mut self) -> Field {
        self.required = true;
        self
    }

    pub const fn present(mut self) -> Field {
        self.present = true;
        self
    }

    pub const fn follows(mut self) -> Field {
        self.follows = true;
        self
    }

    /// For objects: the bytes of JSON that they hold at most.
    pub const fn bytes(mut self, max: usize) -> Field {
        self.max = max;
        self
    }

    pub const fn in_unit(mut self, unit: &'static str) -> Field {
        self.unit = unit;
        self
    }

    pub const fn merge(mut self, merge: Merge) -> Field {
        self.merge = merge;
        self
    }

    pub const fn facet(mut self, facet: Facet) -> Field {
        self.facet = facet;
        self
    }

    pub const fn by_rule(mut self) -> Field {
        self.owner = Owner::Rule;
        self
    }

    pub const fn computed(mut self) -> Field {
        self.owner = Owner::Computed;
        self
    }

    pub const fn by_server(mut self) -> Field {
        self.owner = Owner::Server;
        self
    }

    pub const fn typed_as(mut self, json: &'static str) -> Field {
        self.typed_as = Some(json);
        self
    }

    /// Fills in what the macro knows: names and column type.
    pub const fn named(mut self, name: &'static str, json: &'static str, sql: &'static str, nullable: bool) -> Field {
        self.name = name;
        self.json = json;
        self.sql = sql;
        self.nullable = nullable;
        self
    }

    /// Whether the field travels in mutations.
    pub fn travels(&self) -> bool {
        matches!(self.owner, Owner::User | Owner::Rule)
    }
}

/// A line of text of at most `max` characters.
pub const fn text(label: &'static str, max: usize) -> Field {
    Field::of(label, FieldKind::Text, max)
}

/// Text of several lines that merges three-way.
pub const fn long_text(label: &'static str, max: usize) -> Field {
    Field::of(label, FieldKind::LongText, max).merge(Merge::Text)
}

pub const fn email(label: &'static str) -> Field {
    Field::of(label, FieldKind::Email, 254)
}

pub const fn phone(label: &'static str) -> Field {
    Field::of(label, FieldKind::Phone, 60)
}

pub const fn url(label: &'static str) -> Field {
    Field::of(label, FieldKind::Url, 500)
}

pub const fn one_of(label: &'static str, names: &'static [&'static str]) -> Field {
    Field::of(label, FieldKind::Choice(names), 40)
}

pub const fn flag(label: &'static str) -> Field {
    Field::of(label, FieldKind::Bool, 0)
}

pub const fn integer(label: &'static str) -> Field {
    Field::of(label, FieldKind::Integer, 0)
}

pub const fn amount(label: &'static str) -> Field {
    Field::of(label, FieldKind::Money, 0)
}

pub const fn factor(label: &'static str) -> Field {
    Field::of(label, FieldKind::Number, 0)
}

pub const fn instant(label: &'static str) -> Field {
    Field::of(label, FieldKind::Instant, 0)
}

pub const fn day(label: &'static str) -> Field {
    Field::of(label, FieldKind::Day, 0)
}

pub const fn link(label: &'static str, to: Kind) -> Field {
    Field::of(label, FieldKind::Ref(to), 0)
}

/// A set of words, each of at most 60 characters; at most 100 of them.
pub const fn tags(label: &'static str) -> Field {
    Field::of(label, FieldKind::Tags, 60).merge(Merge::Set)
}

pub const fn json(label: &'static str, typescript: &'static str) -> Field {
    Field::of(label, FieldKind::Json(typescript), 20_000)
}

/// The name without the mark that lets a field carry a keyword's name.
pub const fn plain_name(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => text,
            Err(_) => panic!("field names are ASCII"),
        },
        _ => name,
    }
}

const CAMEL_MAX: usize = 48;

/// `follow_up_date` to `followUpDate`, at compile time; returns the bytes and how many count.
pub const fn camel(name: &str) -> ([u8; CAMEL_MAX], usize) {
    let bytes = name.as_bytes();
    let mut out = [0u8; CAMEL_MAX];
    let (mut from, mut to) = (0, 0);
    let mut upper = false;
    while from < bytes.len() {
        if bytes[from] == b'_' {
            upper = true;
        } else {
            out[to] = if upper { bytes[from].to_ascii_uppercase() } else { bytes[from] };
            to += 1;
            upper = false;
        }
        from += 1;
    }
    (out, to)
}

/// The text of what [`camel`] returned.
pub const fn camel_text(made: &'static ([u8; CAMEL_MAX], usize)) -> &'static str {
    let (used, _) = made.0.split_at(made.1);
    match std::str::from_utf8(used) {
        Ok(text) => text,
        Err(_) => panic!("field names are ASCII"),
    }
}
