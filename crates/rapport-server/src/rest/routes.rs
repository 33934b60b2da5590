//! Every route, once, by area: the router and the OpenAPI document are loops over it.

mod customers;
mod office;
mod people;
mod sales;
mod webhooks;

use crate::http::Shared;
use axum::routing::MethodRouter;
use rapport_model::Kind;

/// Who answers.
#[derive(Clone, Copy)]
pub enum Does {
    List(Kind),
    Create(Kind),
    Read(Kind),
    Update(Kind),
    Delete(Kind),
    /// A verb of a quote.
    Verb(&'static str),
    Other(fn() -> MethodRouter<Shared>),
}

/// What a body holds. Texts are TypeScript, as in the declarations, with `Id`, `Instant` and the names of record types.
#[derive(Clone, Copy)]
pub enum Takes {
    Nothing,
    New(Kind),
    Patch(Kind),
    /// An object with these names alone; an empty body will do where nothing in it is needed.
    Object(&'static str),
    /// An object of a device, which may be newer than the server: names that it does not know are let be.
    Message(&'static str),
    Bytes,
}

/// What an answer holds.
#[derive(Clone, Copy)]
pub enum Gives {
    Record(Kind),
    Page(Kind),
    Object(&'static str),
    /// The same figures, or a table of them.
    ObjectOrCsv(&'static str),
    Nothing,
    Bytes,
    /// Text of this media type.
    Text(&'static str),
}

/// A header that a route heeds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Heeds {
    IfMatch,
    IfNoneMatch,
    IdempotencyKey,
}

/// A header that every success of a route has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    ETag,
    Location,
}

#[derive(Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub summary: &'static str,
    pub does: Does,
    pub takes: Takes,
    pub gives: Gives,
    /// The status of a success.
    pub status: u16,
    /// Refusals beside those that follow from the rest.
    pub refuses: &'static [u16],
    /// JSON of a body that works, ids as `{name}`; tests send it.
    pub example: &'static str,
    /// Names of the query beside those of lists, with their TypeScript.
    pub query: &'static [(&'static str, &'static str)],
    pub heeds: &'static [Heeds],
    pub tells: &'static [Tells],
    /// Whether it takes no token.
    pub open: bool,
}

/// Every route.
pub fn all() -> impl Iterator<Item = &'static Route> {
    [customers::ROUTES, sales::ROUTES, people::ROUTES, office::ROUTES, webhooks::ROUTES].into_iter().flatten()
}

impl Route {
    const fn new(method: &'static str, path: &'static str, summary: &'static str, does: Does) -> Route {
        Route {
            method,
            path,
            summary,
            does,
            takes: Takes::Nothing,
            gives: Gives::Nothing,
            status: 204,
            refuses: &[],
            example: "",
            query: &[],
            heeds: &[],
            tells: &[],
            open: false,
        }
    }

    const fn takes(self, takes: Takes, example: &'static str) -> Route {
        Route { takes, example, ..self }
    }

    const fn gives(self, gives: Gives) -> Route {
        Route { gives, status: 200, ..self }
    }

    /// The record that was made, and where it is.
    const fn makes(self, gives: Gives) -> Route {
        Route { gives, status: 201, tells: &[Tells::Location], ..self }
    }

    const fn asked(self, query: &'static [(&'static str, &'static str)]) -> Route {
        Route { query, ..self }
    }

    const fn heeds(self, heeds: &'static [Heeds]) -> Route {
        Route { heeds, ..self }
    }

    const fn tells(self, tells: &'static [Tells]) -> Route {
        Route { tells, ..self }
    }

    const fn refuses(self, refuses: &'static [u16]) -> Route {
        Route { refuses, ..self }
    }

    const fn open(self) -> Route {
        Route { open: true, ..self }
    }
}

const fn list(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    Route::new("GET", path, summary, Does::List(kind)).gives(Gives::Page(kind))
}

const fn create(path: &'static str, kind: Kind, summary: &'static str, example: &'static str) -> Route {
    let route = Route::new("POST", path, summary, Does::Create(kind)).takes(Takes::New(kind), example);
    let route = route.makes(Gives::Record(kind)).heeds(&[Heeds::IdempotencyKey]).refuses(&[422]);
    route.tells(&[Tells::ETag, Tells::Location])
}

const fn read(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    let route = Route::new("GET", path, summary, Does::Read(kind)).gives(Gives::Record(kind));
    route.heeds(&[Heeds::IfNoneMatch]).tells(&[Tells::ETag])
}

const fn update(path: &'static str, kind: Kind, summary: &'static str, example: &'static str) -> Route {
    let route = Route::new("PUT", path, summary, Does::Update(kind)).takes(Takes::Patch(kind), example);
    route.gives(Gives::Record(kind)).heeds(&[Heeds::IfMatch]).tells(&[Tells::ETag]).refuses(&[409, 422])
}

const fn delete(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    Route::new("DELETE", path, summary, Does::Delete(kind)).heeds(&[Heeds::IfMatch]).refuses(&[409, 422])
}

const fn get(path: &'static str, summary: &'static str, handler: fn() -> MethodRouter<Shared>) -> Route {
    Route::new("GET", path, summary, Does::Other(handler))
}

const fn post(path: &'static str, summary: &'static str, handler: fn() -> MethodRouter<Shared>) -> Route {
    Route::new("POST", path, summary, Does::Other(handler))
}

const fn put(path: &'static str, summary: &'static str, handler: fn() -> MethodRouter<Shared>) -> Route {
    Route::new("PUT", path, summary, Does::Other(handler))
}
