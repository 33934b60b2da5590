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
    case.headers["Authorization"] = f"Bearer {token(case, number)}"
    case.headers["X-Forwarded-For"] = server.address()
    if is_good(case, ParameterLocation.PATH) and case.path_parameters:
        case.path_parameters.update(place(case))
    if is_good(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body.update(references(case))


def place(case):
    if case.method != "GET":
        return server.place(case.path)
    if case.path not in standing:
        standing[case.path] = server.place(case.path)
    return standing[case.path]


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
        "code": lambda: server.user()[1],
        "refreshToken": lambda: server.session()["refreshToken"],
    }
    known = {name: make() for name, make in makes.items() if name in body and body[name] is not None}
    if "_id" in body and "id" in (case.path_parameters or {}):
        known["_id"] = case.path_parameters["id"]
    if "ownerId" in body and customer:
        known.update(ownerKind="customers", ownerId=customer)
    return known


@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1


@atexit.register
def tell():
    with open(os.environ["RAPPORT_ANSWERS"], "w") as file:
        json.dump(answers, file)
