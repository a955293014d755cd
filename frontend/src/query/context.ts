// Where in a query the cursor stands: what may be written there, and of what class the subject is.

export type Place = "subject" | "predicate" | "object" | "class" | "header" | "other";

const PIECES =
  /#[^\n]*|"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|<[^<>\s]*>|[?$][\p{L}\p{N}_]+|@[\w-]+|\^\^|[\p{L}_][\p{L}\p{N}_-]*(?::[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?:?|[{}()[\];,.]|\S/gu;
const PATH = /^[/|^*+?!]$/;
const BREAKS = /^(WHERE|OPTIONAL|UNION|MINUS|FILTER|GRAPH|EXISTS|NOT)$/i;

/** The words of a query, without comments. */
function pieces(text: string): string[] {
  return (text.match(PIECES) ?? []).filter((piece) => !piece.startsWith("#"));
}

/** What `before`, the text up to the word at the cursor, leads one to expect, and the subject that is spoken of. */
export function placeIn(before: string): { place: Place; subject: string } {
  const words = pieces(before);
  let terms: string[] = [];
  let depth = 0;
  let round = 0;
  let path = false;
  for (const word of words) {
    if (word === "{") {
      depth += 1;
      terms = [];
    } else if (word === "}") {
      depth -= 1;
      terms = [];
    } else if (word === "." && round === 0) terms = [];
    else if (word === ";") terms = terms.slice(0, 1);
    else if (word === ",") terms = round ? terms : terms.slice(0, 2);
    else if (word === "(") round += 1;
    else if (word === ")") round = Math.max(0, round - 1);
    else if (BREAKS.test(word)) terms = [];
    else if (PATH.test(word) && terms.length >= 1) path = true;
    else if (round === 0 && !/^(\^\^|@.*|\[|\])$/.test(word)) {
      if (path && terms.length === 2) terms[1] = word;
      else terms.push(word);
      path = false;
    }
  }
  const subject = terms[0] ?? "";
  if (depth <= 0) return { place: "header", subject: "" };
  if (round > 0) return { place: "other", subject };
  if (path && terms.length === 2) return { place: "predicate", subject };
  if (terms.length === 0) return { place: "subject", subject: "" };
  if (terms.length === 1) return { place: "predicate", subject };
  if (terms.length === 2) return { place: terms[1] === "a" || terms[1] === "rdf:type" ? "class" : "object", subject };
  return { place: "other", subject };
}

/** The classes that a query gives a subject, as they are written there. */
export function classesOf(subject: string, text: string): string[] {
  const words = pieces(text);
  const found: string[] = [];
  words.forEach((word, at) => {
    if (word === subject && /^(a|rdf:type)$/.test(words[at + 1] ?? "")) found.push(words[at + 2] ?? "");
  });
  return found;
}

/** The variables of a query. */
export function variablesIn(text: string): string[] {
  return [...new Set(pieces(text).filter((word) => /^[?$]/.test(word) && word.length > 1))].sort();
}
