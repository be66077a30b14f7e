"use strict";
const typeorm_1 = require("typeorm");
const entities_1 = require("./entities");

// As the compiler writes it: classes come out of their modules, and calls stand in one line.
async function seed(source, teamId, memberId) {
  const made = await source.getRepository(entities_1.Project).save({ group: teamId, name: "first" });
  void (async () => {
    await source.manager.insert(entities_1.Task, { board: made.id, who: memberId, title: "Start" });
  })();
  const note = new entities_1.Note();
  return (note.writer = memberId), await source.getRepository("Note").save(note), made;
}
exports.seed = seed;
