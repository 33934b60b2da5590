//! What stands behind the `?` of an address. Read strictly, before a handler: what nobody understands is refused by name, never
//! passed over.

use super::routes::{Does, Route};
use super::{bad, list};
use crate::http::{Answer, Shared};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::MethodRouter;
use percent_encoding::percent_decode_str;
use rapport_model::{Code, Error, Result};

/// Bytes of a query at most.
const QUERY_BYTES_MAX: usize = 16 * 1024;

/// A handler that is reached by a query that the route knows alone. What anybody may read takes any, so that a cache on the way
/// can be passed by.
pub fn strict(route: &'static Route, handler: MethodRouter<Shared>) -> MethodRouter<Shared> {
    if route.open && route.method == "GET" {
        return handler;
    }
    handler.route_layer(from_fn(move |request: Request, next: Next| async move {
        check(route, &pairs(&request)?)?;
        Answer::Ok(next.run(request).await)
    }))
}

fn check(route: &Route, pairs: &[(String, String)]) -> Result<()> {
    let is_list = matches!(route.does, Does::List(_));
    for (at, (name, _)) in pairs.iter().enumerate() {
        let known = route.query.iter().any(|(known, _)| known == name);
        // A list knows its fields itself.
        if !known && !is_list {
            let names: Vec<&str> = route.query.iter().map(|(name, _)| *name).collect();
            let takes = if names.is_empty() { "no query".to_owned() } else { names.join(", ") };
            return Err(bad(name, &format!("This address takes {takes}; it knows no \"{name}\".")));
        }
        let once = known || list::ONCE.contains(&name.as_str());
        if once && pairs[..at].iter().any(|(before, _)| before == name) {
            return Err(bad(name, &format!("{name} is given once.")));
        }
    }
    Ok(())
}

/// The pairs of a request's query, in order: 400 if it is too long, not UTF-8, or holds the character NUL.
pub fn pairs(request: &Request) -> Result<Vec<(String, String)>> {
    parse(request.uri().query().unwrap_or_default())
}

fn parse(query: &str) -> Result<Vec<(String, String)>> {
    if query.len() > QUERY_BYTES_MAX {
        return Err(Error::new(Code::Malformed, format!("The query is longer than {QUERY_BYTES_MAX} bytes.")));
    }
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = decoded(name).ok_or_else(|| Error::new(Code::Malformed, "A name of the query is not UTF-8 text."))?;
            let value = decoded(value).ok_or_else(|| bad(&name, &format!("{name} is not UTF-8 text without NUL.")))?;
            Ok((name, value))
        })
        .collect()
}

/// Text out of its form in an address; a `%` that begins no byte stands for itself.
fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!text.contains('\0')).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::routes;

    fn route(path: &str) -> &'static Route {
        routes::all().find(|route| route.path == path).expect("a route")
    }

    fn asked(path: &str, query: &str) -> std::result::Result<(), (Code, Option<String>)> {
        parse(query).and_then(|pairs| check(route(path), &pairs)).map_err(|e| (e.code, e.field))
    }

    #[test]
    fn an_address_is_decoded_as_browsers_code_it() {
        let pairs = parse("a=%C3%A4+b&c&&d=100%&e=%4g=").expect("pairs");
        let texts: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(texts, [("a", "ä b"), ("c", ""), ("d", "100%"), ("e", "%4g=")]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let refused = |name: &str| Err((Code::InvalidValue, Some(name.to_owned())));
        assert_eq!(asked("/api/customers", "status=lead&status=active&limit=1"), Ok(()));
        assert_eq!(asked("/api/customers", "limit=1&limit=2"), refused("limit"));
        assert_eq!(asked("/api/customers", "q=%FF"), refused("q"));
        assert_eq!(asked("/api/customers", "q=a%00b"), refused("q"));
        assert_eq!(asked("/api/customers/{id}", "q=a"), refused("q"));
        assert_eq!(asked("/api/customers/{customer}/history", "limit=1"), Ok(()));
        assert_eq!(asked("/api/customers/{customer}/history", "limit=1&limit=1"), refused("limit"));
        assert_eq!(asked("/api/customers", "%FF=1"), Err((Code::Malformed, None)));
        let long = format!("q={}", "a".repeat(QUERY_BYTES_MAX));
        assert_eq!(asked("/api/customers", &long), Err((Code::Malformed, None)));
    }
}
