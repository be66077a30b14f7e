const { Pool } = require("pg");
const sql = require("./sql");
const { queries, addTask, Q } = require("./sql");
const pool = new Pool();
async function a(p) { await pool.query(addTask(), [p, null]); }
async function b(t) { await pool.query(queries.comments.add, [t, null]); }
async function c(p, u) { await pool.query(sql.queries.tasks.add, [p, u ?? null, "x"]); }
async function d(t) { await pool.query(sql.ADD, [t, null]); }
async function e(p) { await pool.query(Q.addTask, [p, null]); }
async function f(p) { await pool.query(sql.list[0], [p, null]); }
