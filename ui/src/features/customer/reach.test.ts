import { expect, test } from "vitest";
import { linkOf } from "./Reach";

test("a number, an address and a place lead out of the app; anything else is text", () => {
  expect(linkOf("call", "+49 (711) 218-40")).toBe("tel:+4971121840");
  expect(linkOf("call", "after five")).toBeNull();
  expect(linkOf("mail", " karin@nordlys.example ")).toBe("mailto:karin@nordlys.example");
  expect(linkOf("mail", "a@b.c?bcc=everybody@else")).toBe("mailto:a@b.c%3Fbcc%3Deverybody%40else");
  expect(linkOf("mail", "javascript:alert(1)")).toBeNull();
  expect(linkOf("route", "Linzer Gasse 4, 5020 Salzburg")).toBe(
    "https://www.openstreetmap.org/search?query=Linzer%20Gasse%204%2C%205020%20Salzburg",
  );
});
