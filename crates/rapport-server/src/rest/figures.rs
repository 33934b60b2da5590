//! What is known and computed of one customer: qualification, score, value.

use super::place::Place;
use super::told::Told;
use super::{RECORD_BYTES_MAX, check_version, listed};
use crate::caller::Caller;
use crate::http::{Answer, object};
use axum::extract::Request;
use axum::http::header::IF_MATCH;
use rapport_model::qualification::Qualification;
use rapport_model::{Code, Customer, CustomerValue, Error, Facet, Kind, LeadScore, Millis, Result, Sight};
use rapport_ops::today::Today;
use rapport_ops::{accept, rest};
use rapport_store::Tx;
use serde_json::{Value, json};

/// What [`qualify`] takes; a part that is missing is unknown.
pub const PARTS: &str = "{ budget?: { level?: \"unknown\" | \"no\" | \"partial\" | \"yes\"; amount?: number | null; note?: string | null } | null; \
     authority?: { level?: \"unknown\" | \"no\" | \"partial\" | \"yes\"; contactId?: string | null; note?: string | null } | null; \
     need?: { level?: \"unknown\" | \"no\" | \"partial\" | \"yes\"; note?: string | null } | null; \
     timeline?: { level?: \"unknown\" | \"no\" | \"partial\" | \"yes\"; date?: number | null; note?: string | null } | null }";
/// What [`score`] answers.
pub const SCORE: &str = "{ customerId: string; score: number | null; factors: { factor: string; weight: number; value: number }[]; \
     lastCalculated: number | null; reason: string | null }";
/// What [`value`] answers.
pub const VALUE: &str = "{ customerId: string; currency: string; totalRevenue: number; totalOrders: number; averageOrderValue: number; \
     lastOrderDate: number | null; excludedOrders: number; predictedValue: number | null; churnRisk: number | null; \
     lastCalculated: number | null; reasons: Record<string, unknown>; asOf: number }";

/// Why a figure is not there.
const NOT_YET: &str = "notYetComputed";

/// A customer's qualification, and the step that it offers: nothing is changed by itself.
fn qualified(tx: &mut Tx<'_>, customer: &Customer, now: Millis) -> Result<Told> {
    let read = Qualification::parse(&customer.qualification)?;
    let offered = read.is_qualified(Today::of(tx, now)?.0) && customer.qualified_at.is_none();
    let offer = if offered { json!({ "qualifiedAt": now, "change": { "status": "active" } }) } else { Value::Null };
    Ok(Told::json(json!({ "qualification": read, "offer": offer })))
}

/// 403 for a role that never sees these.
fn check_facet(sight: &Sight, facet: Facet) -> Result<()> {
    if sight.hides(facet) {
        return Err(Error::new(Code::Forbidden, "Your role does not see these figures. Ask the owner or an administrator."));
    }
    Ok(())
}

pub async fn qualification(caller: Caller, place: Place) -> Answer<Told> {
    let now = caller.now();
    let read = move |tx: &mut Tx<'_>, sight: &Sight| {
        let customer = place.find_as(tx, sight)?;
        check_facet(sight, Facet::Private)?;
        qualified(tx, &customer, now)
    };
    Ok(caller.read(read).await?)
}

pub async fn qualify(caller: Caller, place: Place, request: Request) -> Answer<Told> {
    let expected = listed(request.headers(), &IF_MATCH);
    let body = object(request, RECORD_BYTES_MAX).await?;
    let told = caller
        .write(move |tx, at| {
            let sight = tx.sight(&at.actor)?;
            let customer = place.find(tx, Kind::Customers, &sight)?;
            check_facet(&sight, Facet::Private)?;
            check_version(customer.as_ref(), expected.as_deref())?;
            let Value::Object(parts) = body else { return Err(Error::internal("the body was an object")) };
            let typed = Qualification::parse(&parts)?;
            let body = json!({ "qualification": typed });
            if let Some(change) = rest::update(customer.as_ref(), body, &[], at.now)? {
                accept::edit(tx, at, vec![change])?;
            }
            let customer = place.find_as(tx, &sight)?;
            qualified(tx, &customer, at.now)
        })
        .await?;
    Ok(told)
}

pub async fn score(caller: Caller, place: Place) -> Answer<Told> {
    let told = caller
        .read(move |tx, sight| {
            let customer: Customer = place.find_as(tx, sight)?;
            check_facet(sight, Facet::Figures)?;
            let held = tx.find_as::<LeadScore>(customer.meta.id)?.filter(|held| held.score.is_some());
            let reason = if held.is_some() { Value::Null } else { NOT_YET.into() };
            Ok(Told::json(json!({
                "customerId": customer.meta.id,
                "score": held.as_ref().and_then(|held| held.score),
                "factors": held.as_ref().map(|held| held.factors.clone()).unwrap_or_default(),
                "lastCalculated": held.as_ref().map(|held| held.last_calculated),
                "reason": reason,
            })))
        })
        .await?;
    Ok(told)
}

pub async fn value(caller: Caller, place: Place) -> Answer<Told> {
    let now = caller.now();
    let told = caller
        .read(move |tx, sight| {
            let customer: Customer = place.find_as(tx, sight)?;
            check_facet(sight, Facet::Figures)?;
            let held = tx.find_as::<CustomerValue>(customer.meta.id)?;
            let calculated = held.as_ref().map(|held| held.last_calculated);
            let held = held.unwrap_or_default();
            let mut reasons = json!({});
            for (name, missing) in [("predictedValue", held.predicted_value.is_none()), ("churnRisk", held.churn_risk.is_none())]
            {
                if missing {
                    reasons[name] = NOT_YET.into();
                }
            }
            Ok(Told::json(json!({
                "customerId": customer.meta.id,
                "currency": tx.own_org()?.currency,
                "totalRevenue": held.total_revenue,
                "totalOrders": held.total_orders,
                "averageOrderValue": held.average_order_value,
                "lastOrderDate": held.last_order_date,
                "excludedOrders": held.excluded_orders,
                "predictedValue": held.predicted_value,
                "churnRisk": held.churn_risk,
                "lastCalculated": calculated,
                "reasons": reasons,
                "asOf": now,
            })))
        })
        .await?;
    Ok(told)
}
