-- A model that leaves as JSON and comes back.
.read tests/sql/setup.inc
.mode list
SELECT mine_train('churn', 'tree', 'customers', 'target=churned, max_depth=2') IS NOT NULL;
SELECT substr(mine_export('churn', 'json'), 1, 1300);
SELECT json_extract(mine_export('churn', 'json'), '$.model.body'), json_extract(mine_export('churn', 'json'), '$.proof[2]');
SELECT mine_import('back', mine_export('churn', 'json'));
SELECT a.model = b.model, a.metrics = b.metrics, a.source = b.source FROM mine_models AS a, mine_models AS b
WHERE a.name = 'churn' AND b.name = 'back';
-- a BLOB, as readfile() gives it, with the mark of a file in UTF-8; the format by name
SELECT mine_import('back', CAST(char(0xfeff) || mine_export('churn', 'json') AS BLOB), 'JSON') IS NOT NULL;
SELECT a.model = b.model FROM mine_models AS a, mine_models AS b WHERE a.name = 'churn' AND b.name = 'back';
-- it is JSON to others, who may write it anew, in another order of members
SELECT json_valid(mine_export('churn', 'json')), json_extract(mine_export('churn', 'json'), '$.keeps', '$.kind');
SELECT mine_import('back', json(mine_export('churn', 'json'))) IS NOT NULL;
SELECT mine_import('back', json_object('proof', json(j -> '$.proof'), 'kind', j ->> '$.kind', 'model',
    json_set(json_remove(j -> '$.model', '$.version', '$.body.link'), '$.version', 2, '$.body.link', 0),
    'format', j -> '$.format', 'sqlite_mine', '', 'keeps', '')) IS NOT NULL FROM (SELECT mine_export('churn', 'json') AS j);
SELECT a.model = b.model FROM mine_models AS a, mine_models AS b WHERE a.name = 'churn' AND b.name = 'back';
-- a model that keeps rows of customers says so first
SELECT substr(mine_export(mine_fit('knn', 'customers', 'target=churned, k=3'), 'json'), 1, 130);
SELECT substr(mine_export(mine_fit('tree', 'customers', 'target=churned, keep_ids=1'), 'json'), 1, 70);
SELECT substr(mine_export(mine_fit('tree', 'customers', 'target=churned'), 'json'), 1, 20);
-- changed by hand
SELECT mine_import('bad', replace(mine_export('churn', 'json'), '"trees": 1', '"trees": 2'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.body.threshold[0]', 40));
SELECT mine_import('other', json_set(mine_export('churn', 'json'), '$.model.body.threshold[0]', 40), 'json', 'check=0') IS NOT NULL;
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.body.link', 'cubic'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.body.left[0]', 7));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.features[1].type', 'number'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.rows', 1.5));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.rows', -1));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.version', 4294967296));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.threshold', 'many'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.colour', 'red'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.kind', 'crystal ball'));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.format', 99));
SELECT mine_import('bad', json_remove(mine_export('churn', 'json'), '$.model.body.first'));
SELECT mine_import('bad', json_remove(mine_export('churn', 'json'), '$.model.body.threshold[2]'));
SELECT mine_import('bad', json_insert(mine_export('churn', 'json'), '$.model.body.threshold[#]', 2));
SELECT mine_import('bad', substr(mine_export('churn', 'json'), 1, 500));
SELECT mine_import('bad', mine_export('churn', 'json') || 'x');
SELECT mine_import('bad', '{"keeps": "no rows"}');
SELECT mine_import('bad', '[1, 2]');
SELECT mine_import('bad', 'hello');
SELECT mine_import('bad', '');
SELECT mine_import('bad', NULL);
SELECT mine_import('bad', x'7b00');
SELECT mine_import('bad', x'7bff');
SELECT mine_import('bad', mine_export('churn', 'json'), 'yaml');
SELECT mine_import('bad', mine_export('churn', 'json'), 'json', 'k=3');
SELECT mine_import('', mine_export('churn', 'json'));
-- deep, long, twice
SELECT mine_import('bad', '{"x": ' || replace(hex(zeroblob(1000000)), '00', '['));
SELECT mine_import('bad', '{"keeps": ' || replace(hex(zeroblob(1000000)), '00', '[') || '}');
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.body.nodes', 4611686018427387904));
SELECT mine_import('bad', json_set(mine_export('churn', 'json'), '$.model.body.nodes', 1000000000));
SELECT mine_import('bad', replace(mine_export('churn', 'json'), '"width": 2', '"width": 2, "width": 2'));
SELECT mine_import('bad', replace(mine_export('churn', 'json'), '"width": 2', '"width": 2,'));
SELECT mine_import('bad', replace(mine_export('churn', 'json'), '"width": 2', '"width" 2'));
SELECT count(*) FROM mine_models WHERE name = 'bad';
