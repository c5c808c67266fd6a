"use strict";
// Required by Node before jsii's kernel starts (see bindings.py). A generated provider binding
// ships lib/lazy-index.js beside lib/index.js; the first loads a resource class when it is asked
// for, the second compiles all of them. Inside those packages only, the one stands for the other.
const Module = require("node:module");
const fs = require("node:fs");

const EAGER = /[\\/]@cdktf[\\/]provider-[a-z0-9-]+[\\/]lib[\\/]index\.js$/;
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (...args) {
  const path = resolveFilename.apply(this, args);
  if (!EAGER.test(path)) {
    return path;
  }
  const lazy = path.replace(/index\.js$/, "lazy-index.js");
  return fs.existsSync(lazy) ? lazy : path;
};
