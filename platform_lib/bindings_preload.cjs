"use strict";
// Required by Node before jsii's kernel starts (see bindings.py). Three files are replaced by others:
// - A generated provider binding ships lib/lazy-index.js beside lib/index.js; the first loads a
//   resource class when it is asked for, the second compiles all of them.
// - jsii's own entry point starts the kernel in a second process; another runs it in this one.
// - CDKTF writes a stack trace into every token, for messages about tokens that cannot be resolved.
//   It shows jsii's kernel and nothing of the Python program, which Python's own traceback shows.
const Module = require("node:module");
const fs = require("node:fs");
const path = require("node:path");

const EAGER = /[\\/]@cdktf[\\/]provider-[a-z0-9-]+[\\/]lib[\\/]index\.js$/;
const TRACES = /[\\/]cdktf[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const ENTRY = /[\\/]bin[\\/]jsii-runtime\.js$/;
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (...args) {
  const found = resolveFilename.apply(this, args);
  if (ENTRY.test(found)) {
    return path.join(__dirname, "bindings_kernel.cjs");
  }
  if (TRACES.test(found)) {
    return path.join(__dirname, "bindings_no_trace.cjs");
  }
  if (!EAGER.test(found)) {
    return found;
  }
  const lazy = found.replace(/index\.js$/, "lazy-index.js");
  return fs.existsSync(lazy) ? lazy : found;
};
