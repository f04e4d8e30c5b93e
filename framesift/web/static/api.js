/* Speaks with the API, which knows us by a cookie; what goes wrong becomes one plain sentence. */

export class Problem extends Error {
  constructor(message, status = 0, problem = {}) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  /** No answer at all: the server has been stopped or the machine is asleep. */
  get isGone() {
    return this.status === 0;
  }
}

const SENTENCES = {
  0: "framesift does not answer. Start it again with “framesift serve”: nothing gets lost.",
  401: "This page is from an earlier start of framesift. Open the address that it has printed now.",
};

/** What the program says in passing, as people write it. */
export function asSentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
}

export async function call(method, path, body) {
  const request = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Problem(SENTENCES[0]);
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const sentence = SENTENCES[response.status] ?? asSentence(answer.detail ?? "framesift could not do that");
  throw new Problem(sentence, response.status, answer);
}

export const read = (path) => call("GET", path);
/** The answer, or null where there is no such thing any more. */
export async function readIfThere(path) {
  try {
    return await read(path);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

export const send = (path, body) => call("POST", path, body);

/** A path of the API with its parts made safe: an id is never more than one part. */
export function address(...parts) {
  return ["/api", ...parts.map((part) => encodeURIComponent(part))].join("/");
}

export function thumbnail(collection, image, width) {
  return `${address("collections", collection, "images", image, "thumbnail")}?width=${width}&placeholder=true`;
}

export function picture(collection, image) {
  return address("collections", collection, "images", image);
}

/** What a removal took of a collection: the address of its images. */
export function taken(removal, collection) {
  return address("removals", removal, "collections", collection, "images");
}
