"""What Schemathesis is told about this server: ids that exist, and who calls. It also counts what every operation answered."""

import atexit
import collections
import itertools
import json
import os

import schemathesis
from schemathesis.core.parameters import ParameterLocation

from records import PASSWORD, Server

server = Server(os.environ["RAPPORT_URL"], os.environ["RAPPORT_TOKEN"])

# Somebody signs in with the document's own example.
ida = server.session(email="ida@kvist.example")
server.send("POST", "/api/me/password", {"new": PASSWORD}, token=ida["accessToken"])

# Devices synchronise, machines do not.
device = server.session("admin")["accessToken"]
seller = server.session("sales")["accessToken"]

# These end the session of who calls, so she has one that nobody else uses.
ENDS_THE_SESSION = {("POST", "/api/auth/logout"), ("POST", "/api/me/password")}

calls = collections.defaultdict(itertools.count)
answers = collections.defaultdict(collections.Counter)
standing = {}


def is_good(case, location):
    """Whether this part of a request is meant to be right."""
    return case.meta is None or not case.meta.is_negative_at(location)


def token(case, number):
    if case.path.startswith("/api/sync/"):
        return device
    if (case.method, case.path) in ENDS_THE_SESSION:
        return server.session()["accessToken"]
    # What a seller may not do and what nobody may do without a token is answered as documented, too.
    if number % 8 == 5:
        return seller
    return "" if number % 16 == 7 else server.token


@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(calls[case.operation.label])
    # That it is missing or wrong is tried, too.
    if getattr(case.meta and case.meta.phase.data, "parameter", None) != "Authorization":
        case.headers["Authorization"] = f"Bearer {token(case, number)}"
    case.headers["X-Forwarded-For"] = server.address()
    if is_good(case, ParameterLocation.PATH) and case.path_parameters:
        case.path_parameters.update(place(case))
    if is_good(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body.update(references(case))
        if number % 4:
            plausible(case)
    # Now and then a tag, a key, a cursor stays as it was made up: most of them are refused before anything else is looked at.
    if number % 8 and is_good(case, ParameterLocation.HEADER):
        heeded(case)
    if number % 4 and is_good(case, ParameterLocation.QUERY) and case.query:
        asked(case)


def place(case):
    """Real ids: for what reads always the same, for what makes or changes the same a few times, for everything else its own."""
    collection = case.method == "POST" and not case.path.endswith("}") and "{id}" not in case.path
    most = {"GET": 1_000_000, "PUT": 5}.get(case.method, 20 if collection else 1)
    found, uses = standing.get(case.operation.label, (None, most))
    if uses >= most:
        found, uses = server.place(case.operation.method.upper(), case.path), 0
    standing[case.operation.label] = found, uses + 1
    return found


# Values that the rules of a record take, where a schema cannot say which they are.
RULES = {"currency": "EUR", "value": 12.5, "valueEstimate": 12.5, "interactionDate": 1_750_000_000_000, "lastName": "Berg"}

# What is worked out, or changed by a verb alone: left out, it is what the server says.
WORKED_OUT = ("subtotal", "taxAmount", "totalAmount", "discountAmount")


def plausible(case):
    body = case.body
    body.update({name: value for name, value in RULES.items() if name in body})
    for name in WORKED_OUT if "/orders" in case.path else ():
        body.pop(name, None)
    if "/quotes" in case.path:
        body.pop("status", None)
    if case.method == "PUT":
        # A record stays with its customer.
        body.pop("customerId", None)


def heeded(case):
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = server.name("key").replace(" ", "-")


def asked(case):
    case.query.pop("cursor", None)
    if "changedSince" in case.query and is_good(case, ParameterLocation.PATH):
        path = case.path.format(**(case.path_parameters or {}))
        case.query["changedSince"] = server.send("GET", path)["changedSince"]
    if "tz" in case.query:
        case.query["tz"] = "Europe/Oslo"
    for name in ("ownerId", "userId"):
        if name in case.query:
            case.query[name] = server.me


def references(case):
    """Ids within a body that are there, and what has to be there once only."""
    body, customer = case.body, (case.path_parameters or {}).get("customer")
    makes = {
        "customerId": lambda: customer or server.customer(),
        "assignedTo": lambda: server.me,
        "teamId": server.team,
        "contactId": lambda: None,
        "relatedOrderId": lambda: None,
        "relatedQuoteId": lambda: None,
        "relatedItemId": server.item,
        "quoteId": lambda: None,
        "revisionOf": lambda: None,
        "supersededBy": lambda: None,
        "from": server.customer,
        "isActive": lambda: True,
        "code": lambda: server.user()[1],
        "refreshToken": lambda: server.session()["refreshToken"],
    }
    if case.path.startswith("/api/users"):
        makes["email"] = lambda: server.name("eve").replace(" ", "") + "@kvist.example"
    known = {name: make() for name, make in makes.items() if name in body and body[name] is not None}
    if "_id" in body:
        known["_id"] = (case.path_parameters or {}).get("id") or server.fresh()
    if "createdBy" in body:
        known["createdBy"] = server.me
    if "ownerId" in body and customer:
        known.update(ownerKind="customers", ownerId=customer)
    return known


@schemathesis.hook
def after_call(context, case, response):
    # Another method than the operation's is tried, too.
    meant = case.method == case.operation.method.upper() and (case.meta is None or case.meta.generation.mode.is_positive)
    answers[case.operation.label][f"{'right' if meant else 'wrong'} {response.status_code}"] += 1


@atexit.register
def tell():
    with open(os.environ["RAPPORT_ANSWERS"], "w") as file:
        json.dump(answers, file)
