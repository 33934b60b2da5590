"""Records and people on a running server, made where a request needs some that exist."""

import itertools
import threading
import uuid

import requests

PASSWORD = "three words and a number 7"


class Server:
    """The server as its administrator uses it."""

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.numbers = itertools.count(1)
        self.local = threading.local()

    def send(self, method, path, body=None, token=None, **more):
        # One connection a thread; every caller seems to come from an address of her own, since tries to sign in are counted by it.
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
        headers = {"Authorization": f"Bearer {token or self.token}", "X-Forwarded-For": self.address()}
        answer = self.local.session.request(method, self.url + path, json=body, headers=headers, timeout=60, **more)
        if not answer.ok:
            raise AssertionError(f"{method} {path} was to prepare a request and answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    def address(self):
        number = next(self.numbers)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def name(self, begin):
        return f"{begin} {next(self.numbers)}"

    def fresh(self):
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.name("id")))

    def customer(self):
        body = {"name": self.name("Real"), "status": "lead", "type": "business"}
        body["primaryContact"] = {"firstName": "Ida", "lastName": "Berg"}
        return self.send("POST", "/api/customers", body)["_id"]

    def below(self, customer, kind):
        """Something that hangs on a customer."""
        line = {"description": "Lens", "quantity": 2, "unitPrice": 10}
        body = {
            "contacts": {"firstName": "Jo", "lastName": "Alt"},
            "interactions": {"type": "call", "subject": "s", "description": "", "assignedTo": self.me},
            "quotes": {
                "subject": "s", "description": "", "currency": "EUR", "items": [{**line, "totalPrice": 20}],
                "subtotal": 20, "taxAmount": 0, "totalAmount": 20,
            },
            "orders": {"items": [line], "currency": "EUR"},
            "attachments": {"name": "a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": customer},
        }[kind]
        return self.send("POST", f"/api/customers/{customer}/{kind}", body)["_id"]

    @property
    def me(self):
        if not hasattr(self, "_me"):
            self._me = self.send("GET", "/api/me")["user"]["_id"]
        return self._me

    def user(self, role="sales", email=None):
        """Somebody new: her id, and the code of her link."""
        email = email or f"eve{next(self.numbers)}@kvist.example"
        made = self.send("POST", "/api/users", {"name": "Eve", "email": email, "role": role})
        return made["user"]["_id"], made["link"].rpartition("code=")[2]

    def session(self, role="sales", email=None):
        """Somebody new on her first device."""
        return self.send("POST", "/api/auth/enrol", {"code": self.user(role, email)[1]})

    def team(self):
        return self.send("POST", "/api/teams", {"name": self.name("Team")})["_id"]

    def item(self):
        return self.send("POST", "/api/items", {"sku": self.name("L"), "description": "Lens", "unitPrice": 1})["_id"]

    def webhook(self):
        # Only fifty are kept; no address under .invalid leads anywhere.
        hooks = self.send("GET", "/api/webhooks")["items"]
        if len(hooks) > 30:
            try:
                self.send("DELETE", f"/api/webhooks/{hooks[0]['_id']}")
            except AssertionError:
                pass  # Another thread was first.
        body = {"name": self.name("Hook"), "url": "https://hooks.invalid/x", "events": ["order.created"]}
        return self.send("POST", "/api/webhooks", body)["_id"]

    def place(self, method, path):
        """Real ids for the names of a path, ready for what its last word does."""
        parts = path.split("/")[2:]
        match parts:
            case ["customers", "{id}", *act]:
                customer = self.customer()
                if act == ["restore"]:
                    self.send("DELETE", f"/api/customers/{customer}")
                if act == ["unarchive"]:
                    self.send("POST", f"/api/customers/{customer}/archive")
                return {"id": customer}
            case ["customers", "{customer}", kind, "{id}", *act]:
                customer = self.customer()
                made = {"customer": customer, "id": self.below(customer, kind)}
                self.prepare(f"/api/customers/{customer}/{kind}/{made['id']}", kind, method, act)
                return made
            case ["customers", "{customer}", *_]:
                return {"customer": self.customer()}
            case ["users", "{id}", *act]:
                user = self.user()[0]
                if act == ["reactivate"]:
                    self.send("POST", f"/api/users/{user}/deactivate", {})
                return {"id": user}
            case ["teams", "{id}"]:
                return {"id": self.team()}
            case ["items", "{id}"]:
                return {"id": self.item()}
            case ["orders", "{id}"]:
                return {"id": self.below(self.customer(), "orders")}
            case ["devices", "{id}"]:
                return {"id": self.session()["deviceId"]}
            case ["webhooks", "{id}", *act]:
                hook = self.webhook()
                made = {"id": hook}
                if act[:1] == ["deliveries"] and len(act) > 1:
                    made["delivery"] = self.send("POST", f"/api/webhooks/{hook}/test")["_id"]
                return made
            case ["jobs", "{name}", "run"]:
                return {}
            case _ if "{" in path:
                raise AssertionError(f"{path} has ids that nobody makes; say in tests/api/records.py where they come from")
        return {}

    def prepare(self, itself, kind, method, act):
        steps = {"view": ["send"], "accept": ["send"], "reject": ["send"], "revise": ["send"], "convert": ["send", "accept"]}
        for step in steps.get(act[0], []) if kind == "quotes" and act else []:
            self.send("POST", f"{itself}/{step}", {"channel": "printed"} if step == "send" else {})
        if (method, act) == ("GET", ["content"]):
            self.send("PUT", f"{itself}/content", data=b"hello")
