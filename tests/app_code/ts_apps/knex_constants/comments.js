const { Tables } = require("./tables");

module.exports = (db) => ({
  add: (task, author) => db(Tables.COMMENTS).insert({ task_id: task, author_id: author }),
  remove: (id) => db(Tables.COMMENTS).where({ id }).del(),
});
