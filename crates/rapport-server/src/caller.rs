//! Who makes a request: the bearer token, and the org's store to do the work in.

use crate::bodies::Bodies;
use crate::http::{Refusal, Shared};
use crate::machine::{self, Machine};
use crate::session;
use crate::token::{self, Claims};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rapport_model::access::Scope;
use rapport_model::{Actor, Code, Error, Id, Millis, Result, Sight, Source};
use rapport_ops::accept::Context;
use rapport_store::{Store, Tx};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// What a bearer token says of who asks, as far as it can be told without looking anything up.
#[derive(Clone)]
enum Who {
    Device(Claims),
    Machine(Machine),
}

/// Somebody on a signed-in device, or a machine with a token. What she may do is looked up in the transaction that does it.
pub struct Caller {
    who: Who,
    pub org: Id,
    store: Store,
    source: Arc<dyn Source>,
    pub bodies: Arc<Bodies>,
}

fn bearer(headers: &HeaderMap) -> Result<&str> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Error::new(Code::Unauthorized, "Sign in first.")),
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Caller, Refusal> {
        let token = bearer(&parts.headers)?;
        let (who, org) = if token::is_machine(token) {
            (Who::Machine(Machine::of(token)), office.keys.read_machine(token).map_err(|_| machine::unknown())?)
        } else {
            let claims = office.keys.read_access(token, office.now())?;
            (Who::Device(claims), claims.org)
        };
        let store = office.orgs.get(org).await.map_err(|error| match error.code {
            Code::NotFound => Error::new(Code::Unauthorized, "This organisation is not here any more."),
            _ => error,
        })?;
        Ok(Caller { who, org, store, source: office.source.clone(), bodies: office.bodies.clone() })
    }
}

impl Caller {
    pub fn now(&self) -> Millis {
        self.source.now()
    }

    /// News of every write in the caller's organisation.
    pub fn news(&self) -> tokio::sync::broadcast::Receiver<Arc<rapport_store::Touched>> {
        self.store.subscribe()
    }

    /// Reads as the caller, in one snapshot; what she sees is handed over.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>, &Sight) -> Result<T> + Send + 'static) -> Result<T> {
        let (who, source) = (self.who.clone(), self.source.clone());
        let read = move |tx: &mut Tx<'_>| {
            let (actor, use_of) = who.actor(tx, Scope::Read, &*source)?;
            let sight = tx.sight(&actor)?;
            Ok((f(tx, &sight)?, use_of))
        };
        let (answer, use_of) = self.store.read_async(read).await?;
        if let Some(token) = use_of {
            let now = self.source.now();
            // The answer stands; the next use is noted as well.
            if let Err(error) = self.store.write_async(move |tx| tx.token_used(token, now)).await {
                tracing::warn!(%token, code = %error.code, "the use of a token was not noted");
            }
        }
        Ok(answer)
    }

    /// Writes as the caller, in one transaction: all of it or nothing. If another transaction was in the way, it is made again.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let (who, source) = (self.who.clone(), self.source.clone());
        self.store.write_again_async(move |tx| write_as(&who, tx, &*source, f)).await
    }

    /// The same for what must not be done twice, such as moving a file.
    pub async fn write_once<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (who, source) = (self.who.clone(), self.source.clone());
        self.store.write_async(move |tx| write_as(&who, tx, &*source, f)).await
    }
}

fn write_as<T>(
    who: &Who,
    tx: &mut Tx<'_>,
    source: &dyn Source,
    f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T>,
) -> Result<T> {
    let (actor, use_of) = who.actor(tx, Scope::Write, source)?;
    let now = source.now();
    if let Some(token) = use_of {
        tx.token_used(token, now)?;
    }
    f(tx, &Context { actor, now, source })
}

impl Who {
    /// Who acts, if she may do what is `wanted`; and the token whose use is to be noted.
    fn actor(&self, tx: &mut Tx<'_>, wanted: Scope, source: &dyn Source) -> Result<(Actor, Option<Id>)> {
        match self {
            Who::Device(claims) => Ok((session::actor(tx, claims)?, None)),
            Who::Machine(machine) => machine.actor(tx, wanted, source.now()),
        }
    }
}

/// A caller on a signed-in device, and that device. Machines have REST alone: they keep no store in step.
pub struct SignedIn(pub Caller, pub Id);

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<SignedIn, Refusal> {
        let caller = Caller::from_request_parts(parts, office).await?;
        match caller.who {
            Who::Device(claims) => Ok(SignedIn(caller, claims.device)),
            Who::Machine(_) => {
                let message = "A machine token is for REST. To synchronise or sign out, sign in on a device.";
                Err(Error::new(Code::Forbidden, message).into())
            }
        }
    }
}

/// The address that a request came from, as far as it can be throttled by it.
pub struct Peer(pub IpAddr);

impl FromRequestParts<Shared> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Peer, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Only the entry that our own proxy wrote, the last one, can be believed.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|address| address.trim().parse::<IpAddr>().ok())
            .filter(|_| office.behind_proxy);
        Ok(Peer(network(forwarded.or(peer).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))))
    }
}

/// One household or office: an IPv4 address, or the 64 bits of an IPv6 network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}
