// Shows the OpenAPI document and sends requests. The token lives in this page's memory only.
"use strict";

let token = "";

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

async function signIn(event) {
  event.preventDefault();
  const who = document.getElementById("who");
  const { email, password } = Object.fromEntries(new FormData(event.target));
  const answer = await fetch("/api/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password, deviceName: "API page" }),
  });
  const session = await answer.json();
  token = answer.ok ? session.accessToken : "";
  who.textContent = answer.ok ? `Signed in as ${session.user.name}, for ten minutes.` : session.message;
}

async function send(method, path, operation, form, out) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const query = new URLSearchParams();
  let address = path;
  for (const input of form.querySelectorAll("input")) {
    const { name, value } = input;
    if (value === "") continue;
    if (input.dataset.place === "path") address = address.replace(`{${name}}`, encodeURIComponent(value));
    if (input.dataset.place === "query") query.append(name, value);
    if (input.dataset.place === "header") headers[name] = value;
  }
  const body = form.querySelector("textarea")?.value;
  if (body !== undefined) headers["Content-Type"] = Object.keys(operation.requestBody.content)[0];
  const search = query.size > 0 ? `?${query}` : "";
  const answer = await fetch(address + search, { method, headers, body });
  const text = await answer.text();
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it came.
  }
  const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  out.textContent = `${answer.status} ${answer.statusText}\n${told}\n\n${shown}`;
}

function operationForm(method, path, operation, parameters) {
  const form = make("form", "");
  for (const parameter of parameters) {
    const label = make("label", `${parameter.name} `, { title: parameter.description ?? "" });
    const input = make("input", "", { name: parameter.name });
    input.dataset.place = parameter.in;
    label.append(input);
    form.append(label);
  }
  if (operation.requestBody) {
    const media = Object.values(operation.requestBody.content)[0];
    form.append(make("textarea", media.example ? JSON.stringify(media.example, null, 2) : "", { "aria-label": "Body" }));
  }
  const out = make("pre", "", { role: "status", hidden: "" });
  form.append(make("button", "Send"), out);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    out.hidden = false;
    send(method.toUpperCase(), path, operation, form, out).catch((error) => {
      out.textContent = String(error);
    });
  });
  return form;
}

async function show() {
  const api = await (await fetch("/api/openapi.json")).json();
  document.getElementById("about").textContent = api.info.description;
  const main = document.getElementById("operations");
  for (const [path, { parameters: shared = [], ...operations }] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const details = make("details", "");
      const summary = make("summary", "");
      summary.append(make("code", `${method.toUpperCase()} ${path}`), ` ${operation.summary}`);
      details.append(summary, operationForm(method, path, operation, [...shared, ...(operation.parameters ?? [])]));
      main.append(details);
    }
  }
}

document.getElementById("sign-in").addEventListener("submit", signIn);
show();
