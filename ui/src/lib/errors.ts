// Every error the core can give: what to say, and the one way on. The words are in the catalogue under error.CODE and errorAction.CODE.
import type { AppError } from "./call";
import { hasMessage, type Key, t } from "./i18n";

/** What the way-on button does; the screen that shows the error supplies the deed. */
export type Way = "fix" | "retry" | "open" | "signIn" | "addContact" | "reload" | "passphrase" | "close" | "folder";

export const WAYS = {
  MALFORMED: "retry",
  REQUIRED: "fix",
  INVALID_VALUE: "fix",
  UNAUTHORIZED: "signIn",
  INVALID_CREDENTIALS: "fix",
  DEVICE_REVOKED: "signIn",
  ENROLMENT_INVALID: "fix",
  FORBIDDEN: "close",
  FIELD_NOT_ALLOWED: "close",
  NOT_FOUND: "reload",
  METHOD_NOT_ALLOWED: "retry",
  NAME_TAKEN: "open",
  ID_TAKEN: "retry",
  WORK_WAITING: "retry",
  EMAIL_TAKEN: "fix",
  QUOTE_NUMBER_TAKEN: "fix",
  ORDER_NUMBER_TAKEN: "fix",
  ORDER_EXISTS: "reload",
  REFERENCE_TAKEN: "fix",
  STALE: "reload",
  TOO_LARGE: "fix",
  UNSUPPORTED_MEDIA_TYPE: "fix",
  PRIMARY_CONTACT_REQUIRED: "addContact",
  ILLEGAL_TRANSITION: "close",
  REASON_REQUIRED: "fix",
  INVALID_DATE: "fix",
  INVALID_REFERENCE: "reload",
  INVALID_ASSIGNMENT: "fix",
  CUSTOMER_DELETED: "close",
  VALUE_NOT_POSITIVE: "fix",
  CONFIRMATION_REQUIRED: "fix",
  QUOTE_LOCKED: "close",
  TOTALS_MISMATCH: "fix",
  MAIL_NOT_CONFIGURED: "fix",
  HAS_HISTORY: "close",
  GONE: "reload",
  CLIENT_TOO_OLD: "close",
  TOO_MANY_REQUESTS: "retry",
  INTERNAL: "retry",
  BUSY: "retry",
  OFFLINE: "retry",
  INSECURE_SERVER: "fix",
  NO_KEYRING: "passphrase",
  WRONG_PASSPHRASE: "fix",
  WRONG_KEY: "retry",
  STORE_DAMAGED: "folder",
  STORE_NEWER: "close",
  STORE_IN_USE: "retry",
  DISK_FULL: "retry",
  UNREADABLE: "fix",
  NOT_SIGNED_IN: "signIn",
} as const satisfies Record<string, Way>;

export type Code = keyof typeof WAYS;

export function codeOf(code: string): Code {
  return Object.hasOwn(WAYS, code) ? (code as Code) : "INTERNAL";
}

function statusNames(legal: unknown): string {
  if (!Array.isArray(legal) || legal.length === 0) return t("status.none");
  return legal.map((name) => (hasMessage(`status.${name}`) ? t(`status.${name}` as Key) : String(name))).join(", ");
}

/** The sentence for an error. Names the other owner or the server only when the error says who it is. */
export function describe(error: AppError): string {
  const code = codeOf(error.code);
  const { details } = error;
  if (code === "NAME_TAKEN" && typeof details.ownerName === "string") {
    return t("error.NAME_TAKEN.owned", { owner: details.ownerName });
  }
  if (code === "OFFLINE" && typeof details.server === "string") {
    return t("error.OFFLINE.named", { server: details.server });
  }
  if (code === "ILLEGAL_TRANSITION") return t("error.ILLEGAL_TRANSITION", { legal: statusNames(details.legal) });
  if (code === "WORK_WAITING") return t("error.WORK_WAITING", { count: Number(details.waiting ?? 1) });
  if (code === "INTERNAL") return t("error.INTERNAL", { message: error.message });
  return t(`error.${code}` as Key);
}

export function wayOn(error: AppError): { way: Way; label: string } {
  const code = codeOf(error.code);
  return { way: WAYS[code], label: t(`errorAction.${code}` as Key) };
}
