// A Node application: open, load, train, score, close, twenty times.
'use strict';
const assert = require('assert');
const Database = require('better-sqlite3');

const fill = `
  CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, y REAL, target TEXT);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
  INSERT INTO t SELECT i, i * 37 % 101, i * 53 % 97,
    CASE WHEN i * 37 % 101 > 50 THEN 'yes' ELSE 'no' END FROM n;`;

let version = '';
for (let turn = 0; turn < 20; turn++) {
  const db = new Database(':memory:');
  db.loadExtension(process.argv[2]);
  db.exec(fill);
  version = db.prepare('SELECT sqlite_version() AS v').get().v;
  db.prepare("SELECT mine_train('tree', 'tree', 't', 'target=target')").get();
  db.prepare("SELECT mine_train('seg', 'kmeans', 'SELECT id, x, y FROM t', 'k=4')").get();
  const right = db.prepare(`SELECT count(*) AS n FROM mine_predict('tree', 't') AS p
                            JOIN t ON t.id = p.id WHERE p.prediction = t.target`).get().n;
  assert(right >= 2900, `only ${right} of 3000 are right`);
  const one = db.prepare("SELECT mine_predict('tree', 'x', ?, 'y', ?) AS p").get(90, 1).p;
  assert.strictEqual(one, 'yes');
  assert.throws(() => db.prepare("SELECT mine_train('m', 'tree', 'absent', 'target=x')").get(),
                /mine_train: /);
  db.close();
}
console.log(`20 turns, SQLite ${version}, Node ${process.version}`);
