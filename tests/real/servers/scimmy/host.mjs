// Serves scimmy on a loopback port of the system's choosing and prints its base URL.
//
//   SCIM_TOKEN=... node host.mjs DIR_WITH_NODE_MODULES
//
// scimmy pages by itself, from the whole list that `egress` gives it, and it does so wrongly in two ways
// that depend on the Express that carries it. Nothing here mends or provokes either of them:
//
// - Express 5 parses `req.query` anew on every access, so the numbers that scimmy-routers writes back into it
//   are lost, and scimmy ignores `startIndex` and `count` that are strings. Every GET answers the first 20.
// - Express 4 keeps them, and a page past the end is not cut at all: it repeats page one, under the
//   `startIndex` that was asked for.
//
// In both, `POST /Users/.search` takes its numbers from JSON and pages as Express 4 does.
//
// Standard input is the leash: when it closes, the process that started this one is gone, and so is the server.

import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "package.json"));
const express = require("express");
const { default: SCIMMYRouters, SCIMMY } = require("scimmy-routers");

const refuse = (status, scimType, text) => {
    throw new SCIMMY.Types.Error(status, scimType, text);
};

/** Keeps one type of resource in memory; `unique` names the attribute that no two may share. */
function keep(Resource, unique) {
    const held = new Map();
    const find = (id) => held.get(id) ?? refuse(404, null, `Resource ${id} not found`);
    const same = (one, other) => one[unique].toLowerCase() === other[unique].toLowerCase();
    SCIMMY.Resources.declare(Resource)
        .egress((resource) => {
            if (resource.id) return find(resource.id);
            const all = [...held.values()];
            return resource.filter ? resource.filter.match(all) : all;
        })
        .ingress((resource, data) => {
            const before = resource.id ? find(resource.id) : undefined;
            for (const other of held.values())
                if (other !== before && same(other, data))
                    refuse(409, "uniqueness", `${unique} ${data[unique]} is taken`);
            const now = new Date().toISOString();
            const id = before?.id ?? randomUUID();
            const meta = { created: before?.meta.created ?? now, lastModified: now };
            const kept = { ...JSON.parse(JSON.stringify(data)), id, meta };
            held.set(id, kept);
            return kept;
        })
        .degress((resource) => held.delete(find(resource.id).id));
}

keep(SCIMMY.Resources.User, "userName");
keep(SCIMMY.Resources.Group, "displayName");

const app = express();
const handler = (request) => {
    if (request.header("authorization") !== `Bearer ${process.env.SCIM_TOKEN}`)
        throw new Error("The bearer token is missing or wrong.");
};
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler }));

const server = app.listen(0, "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${server.address().port}/scim/v2`);
});
process.stdin.on("close", () => process.exit()).resume();
