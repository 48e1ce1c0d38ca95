"""The bad-input catalogue: a row per case, the sentence it must print in the row.

CASES: (name, SQL, fragment of the sentence).  The SQL runs on a fresh copy of the
database that test_bad_input.py builds; nothing may be written by it.
SOURCES, MODELS, OPTIONS_OF_ALL and ALGORITHMS are what derived.py puts into calls that it
makes of each verb's row, so a new verb is covered by itself.  A tuple of fragments: any
of them, for a source that some verbs refuse for another reason.
"""

NO_ERROR = None

# What is no source: (name, SQL expression, fragment).
SOURCES = [
    ("null", "NULL", ("is NULL", NO_ERROR)),  # mine_evaluate(model, NULL): held-out rows
    ("empty", "''", ("is empty", "empty query")),
    ("only a comment", "'-- nothing'", "empty query"),
    ("missing table", "'no_such_table'", "no such table: no_such_table"),
    ("missing column", "'SELECT id, no_column FROM customers'", "no such column: no_column"),
    ("syntax error", "'SELECT id FROM'", "incomplete input"),
    ("two statements", "'SELECT 1 AS a; SELECT 2 AS b'", "more than one statement"),
    ("insert", "'INSERT INTO customers(id) VALUES(99)'", "it starts with 'INSERT"),
    ("returning", "'DELETE FROM customers RETURNING id'", "it starts with 'DELETE"),
    ("explain", "'EXPLAIN SELECT 1'", "it starts with 'EXPLAIN"),
    ("begin", "'BEGIN'", "no such table: BEGIN"),
    ("attach", "'ATTACH '':memory:'' AS x'", "it starts with 'ATTACH"),
    ("pragma", "'PRAGMA journal_mode'", "it starts with 'PRAGMA"),
    ("vacuum", "'VACUUM'", "no such table: VACUUM"),
    ("writing CTE", "'WITH x AS (SELECT 1) DELETE FROM customers'", "does not only read"),
    ("parameter", "'SELECT id, age FROM customers WHERE age > ?1'", "parameter ?1"),
    ("named parameter", "'SELECT id, age FROM customers WHERE age > :x'", "parameter :x"),
    ("a dash", "'-1'", "no such table: -1"),
    ("a slash", "'/tmp/customers'", "no such table: /tmp/customers"),
    ("an open comment", "'/* SELECT 1'", "empty query"),
    ("like a keyword", "'SELECT_x'", "no such table: SELECT_x"),
    ("like a keyword, UTF-8", "'SELECT客'", "no such table: SELECT客"),
    ("unnamed parameter", "'SELECT id, ? AS x FROM customers'", "parameter ?;"),
    ("an open quote", "'\"customers'", "no such table: \"customers"),
    ("schema, absent", "'main.absent'", "no such table: main.absent"),
    ("schema, absent view", "'temp.absent'", "no such table: temp.absent"),
    ("schema, broken view", "'main.broken'", "cannot be read: no such table: main.gone"),
    ("temp view, broken elsewhere", "'temp.broken_far'", "cannot be read: no such table: main.gone"),
    ("temp view, a schema alike", "'temp.broken_alike'", "cannot be read: no such table: temporary.gone"),
    ("unclosed comment", "'SELECT id, age FROM customers /* '", ""),
    ("closing bracket", "'SELECT 1) SELECT (2'", "syntax error"),
    ("blob", "x'00ff'", ("is a BLOB", "not a model")),
    ("embedded nul", "'SELECT 1' || char(0) || 'x'", "NUL character"),
    ("fails at row 40", "'SELECT * FROM customers WHERE abs(CASE WHEN id=40 THEN -9223372036854775807-1 "
     "ELSE age END) > 0'", ("integer overflow", "two columns")),
    ("broken view", "'broken'", "no such table: main.gone"),
    ("duplicate columns", "'SELECT id, age, age FROM customers'", "age"),
    ("PRAGMA optimize", "'SELECT * FROM pragma_optimize(3) AS harmless'", "a source only reads"),
    ("a view of PRAGMA optimize", "'optimizes'", "a source only reads"),
]

FEW_SOURCES = ("null", "missing table", "fails at row 40")

# What is no model: (name, SQL expression of the argument, fragment).
MODELS = [
    ("null", "NULL", "model name is NULL"),
    ("empty", "''", "model name is empty"),
    ("missing", "'nothing'", "no such model: nothing (in main; there are both, km, m, nn)"),
    ("long name", "printf('%.*c', 2000, 'x')", "2000 bytes long; the limit is 1000"),
    ("two dots", "'main.a.b'", "more than one dot"),
    ("no such schema", "'aux.m'", "there is no database 'aux'"),
    ("only a schema", "'main.'", "the model name is empty after 'main.'"),
    ("dot first", "'.m'", "the schema in the model name '.m' is empty"),
    ("embedded nul", "'m' || char(0) || 'x'", "NUL character"),
    ("invalid UTF-8", "CAST(x'6dff' AS TEXT)", "not valid UTF-8"),
    ("empty blob", "x''", "not a model"),
    ("short blob", "x'4d494e45'", "not a model"),
    ("foreign blob", "zeroblob(500)", "not a model"),
    ("cut short", "(SELECT substr(model,1,length(model)-7) FROM mine_models WHERE name='m')", "corrupt"),
    ("one byte more", "(SELECT CAST(model || x'00' AS BLOB) FROM mine_models WHERE name='m')", "corrupt"),
]

FEW_MODELS = ("null", "missing", "cut short")

# Verbs that get all of these: one that reads its source to the end first, one that
# streams it, one that reads it into columns of another kind.
IN_FULL = ("mine_fit", "mine_predict", "mine_profile")

# Of every verb that takes options; what each option forbids is derived of mine_options.
OPTIONS_OF_ALL = [
    ("unknown", "'no_such_option=3'", "unknown option 'no_such_option'"),
    ("twice", "'threads=2,threads=3'", "twice"),
    ("blob", "x'6b3d32'", "is a BLOB"),
]

# Of every verb that takes an algorithm.
ALGORITHMS = [
    ("null", "NULL", "algorithm is NULL"),
    ("empty", "''", "algorithm is empty"),
    ("unknown", "'nothing'", ("no algorithm 'nothing'", "no algorithm or verb 'nothing'")),
]

# The spelling of options, tried on k-means.
OPTIONS_OF = "SELECT mine_fit('kmeans','customers',{o})"
OPTIONS = [
    ("unknown", "'kk=3'", "unknown option 'kk'; did you mean 'k'"),
    ("no value", "'k'", "k"),
    ("not a number", "'k=abc'", "k must be a whole number"),
    ("fraction", "'k=3.5'", "k must be a whole number"),
    ("zero", "'k=0'", "from 1 to"),
    ("negative", "'k=-1'", "from 1 to"),
    ("huge", "'k=9223372036854775808'", "k must be a whole number"),
    ("beyond the range", "'k=2147483648'", "from 1 to"),
    ("twice", "'k=2,k=3'", "twice"),
    ("comma forgotten", "'k=2 seed=3'", "put a comma before 'seed='"),
    ("comma forgotten in a list", "'ignore=age ignore=plan'", "put a comma before 'ignore='"),
    ("JSON array", "'[1,2]'", "must be an object"),
    ("JSON malformed", "'{\"k\":2'", "JSON"),
    ("JSON text for a number", "'{\"k\":\"3\"}'", "k must be a whole number"),
    ("JSON null", "'{\"k\":null}'", "k"),
    ("JSON infinite", "'{\"max_seconds\":1e400}'", "number too large"),
    ("JSON twice", "'{\"k\":2,\"k\":3}'", "twice"),
    ("blob", "x'6b3d32'", "is a BLOB"),
    ("embedded nul", "'k=2' || char(0)", "NUL character"),
    ("threads", "'threads=-1'", "threads"),
    ("memory", "'max_memory=lots'", "max_memory"),
    ("no such column ignored", "'ignore=nothing'", "no column 'nothing'"),
    ("no such id", "'id=nothing'", "no column 'nothing'"),
    ("bad missing", "'missing=perhaps'", "auto, error, skip"),
]

TRAIN = "SELECT mine_train('new','tree',"
CLUSTER = "SELECT * FROM mine_cluster("

CASES = [
    # names of new models
    ("train: null name", "SELECT mine_train(NULL,'tree','customers','target=churn')", "model name is NULL"),
    ("train: empty name", "SELECT mine_train('','tree','customers','target=churn')", "model name is empty"),
    ("train: dotted name", "SELECT mine_train('a.b.c','tree','customers','target=churn')", "more than one dot"),
    ("train: no such schema", "SELECT mine_train('aux.x','tree','customers','target=churn')", "there is no database 'aux'"),
    # arity
    ("train: two arguments", "SELECT mine_train('a','b')", "mine_train(model, algorithm, source [, options])"),
    ("train: five arguments", "SELECT mine_train('a','b','c','d','e')", "mine_train(model, algorithm, source [, options])"),
    ("help: no such topic", "SELECT mine_help('mine_rulez')", "did you mean 'mine_rules'?"),
    ("help: two topics", "SELECT mine_help('a','b')", "write mine_help([topic])"),
    ("a table as a scalar", "SELECT mine_evaluate('m')", "write SELECT * FROM mine_evaluate(model [, source [, options]])"),
    ("a scalar as a table", "SELECT * FROM mine_export('m','call')", "write SELECT mine_export(model, format [, source [, options]])"),
    ("warnings with an argument", "SELECT * FROM mine_warnings('m')", "too many arguments on mine_warnings()"),
    ("verbs with an argument", "SELECT * FROM mine_verbs(1)", "too many arguments on mine_verbs()"),
    ("fit: one argument", "SELECT mine_fit('tree')", "mine_fit(algorithm, source [, options])"),
    ("predict: one argument", "SELECT mine_predict('m')", "FROM mine_predict(model, source)"),
    ("predict: a table", "SELECT mine_predict('m','customers')", "FROM mine_predict(model, source)"),
    ("predict: odd pairs", "SELECT mine_predict('m','age',3,'plan')", "a name without a value"),
    ("predict: value for a name", "SELECT mine_predict('m',3,'age')", "has no name before it"),
    ("predict: broken JSON", "SELECT mine_predict('m','{\"age\":')", "malformed JSON"),
    ("predict: nested JSON", "SELECT mine_predict('m','{\"age\":[1]}')", "is an array"),
    ("probability: no such class", "SELECT mine_probability('m','perhaps','age',1,'income',2,'plan','gold')", "no class 'perhaps'; its classes are 'no', 'yes'"),
    ("probability: no classes", "SELECT mine_probability('km','yes','age',1,'income',2,'plan','gold','churn','no')", "no classes"),
    ("export: unknown format", "SELECT mine_export('m','fax')", "no format 'fax'"),
    ("from predict: no source, nothing held out", "SELECT * FROM mine_predict('km')", "give a source: FROM mine_predict(model, source)"),
    ("evaluate: by without a source", "SELECT * FROM mine_evaluate('m',NULL,'by=plan')", "option by needs a source"),
    ("evaluate: by the target", "SELECT * FROM mine_evaluate('m','customers','by=churn')", "is also the target"),
    ("from tree: no model", "SELECT * FROM mine_tree", "FROM mine_tree(model [, options])"),
    ("hidden argument: LIKE", "SELECT * FROM mine_tree WHERE _model LIKE 'm'", "_model takes = only"),
    ("hidden argument: <", "SELECT * FROM mine_tree WHERE _model < 'm'", "_model takes = only"),
    ("hidden argument: IS", "SELECT * FROM mine_tree WHERE _model IS 'm'", "_model takes = only"),
    ("hidden argument: twice", "SELECT * FROM mine_tree('m') WHERE _model = 'km'", "_model is given twice"),
    ("hidden argument: two sources", "SELECT * FROM mine_profile('customers') WHERE _source = 'both'", "_source is given twice"),
    ("NULL options beside an OR", "SELECT * FROM customers c JOIN mine_predict('m','customers',NULL) p ON p.id = c.id OR p.id = -c.id",
     ("the options are NULL; leave them out", "_options is NULL, which this SQLite cannot join by an OR; leave it out")),
    ("internal function", "SELECT mine_rows_(1) FROM customers", "internal"),
    # aggregates
    ("quantile: no number", "SELECT mine_quantile(plan, 0.5) FROM customers", "'silver' is no number (argument 1)"),
    ("quantile: blob", "SELECT mine_quantile(x'00', 0.5)", "a BLOB is no number (argument 1)"),
    ("quantile: share beyond 1", "SELECT mine_quantile(age, 50) FROM customers", "the share is 50; it must be from 0 to 1"),
    ("quantile: share below 0", "SELECT mine_quantile(age, -0.1) FROM customers", "the share is -0.1; it must be from 0 to 1"),
    ("quantile: share is NULL", "SELECT mine_quantile(age, NULL) FROM customers", "the share is NULL"),
    ("quantile: share is text", "SELECT mine_quantile(age, 'half') FROM customers", "'half' is no number (argument 2)"),
    ("quantile: share differs", "SELECT mine_quantile(age, id / 1000.0) FROM customers", "in rows of one group"),
    ("quantile: one argument", "SELECT mine_quantile(age) FROM customers", "write SELECT mine_quantile(x, share) FROM ..."),
    ("quantile: in a window", "SELECT mine_quantile(CASE WHEN id = 90 THEN 'x' ELSE age END, 0.5) OVER (ORDER BY id ROWS 3 PRECEDING) FROM customers", "'x' is no number"),
    ("an aggregate as a table", "SELECT * FROM mine_quantile(1, 0.5)", "write SELECT mine_quantile(x, share) FROM ..."),
    ("median: no number", "SELECT mine_median(plan) FROM customers", "mine_median: 'silver' is no number (argument 1)"),
    ("variance: no number", "SELECT mine_variance('1e5')", "'1e5' is no number (argument 1)"),
    ("stddev: no number", "SELECT mine_stddev(plan) FROM customers", "mine_stddev: 'silver' is no number (argument 1)"),
    ("corr: no number", "SELECT mine_corr(age, plan) FROM customers", "'silver' is no number (argument 2)"),
    ("corr: one argument", "SELECT mine_corr(age) FROM customers", "write SELECT mine_corr(x, y) FROM ..."),
    ("rmse: no number", "SELECT mine_rmse(age, x'31') FROM customers", "a BLOB is no number (argument 2)"),
    ("auc: classes", "SELECT mine_auc(plan, age) FROM customers", "whether 'silver' is positive is not plain"),
    ("auc: no pair", "SELECT mine_auc(iif(id % 2, 'yes', 0), age) FROM customers", "which of 'yes' and 0 is positive is not plain"),
    ("auc: three classes", "SELECT mine_auc(id % 3 - 1, age) FROM customers", "more than two classes: 0, 1, -1"),
    ("auc: spelled two ways", "SELECT mine_auc(CASE id % 3 WHEN 0 THEN '1' ELSE id % 3 - 1 END, age) FROM customers", "more than two classes: 0, 1, '1'"),
    ("auc: blob", "SELECT mine_auc(x'31', age) FROM customers", "whether a BLOB is positive is not plain"),
    ("auc: score", "SELECT mine_auc(churn, plan) FROM customers", "'silver' is no number (argument 2)"),
    ("log_loss: no probability", "SELECT mine_log_loss(churn, age) FROM customers", "is not from 0 to 1 (argument 2)"),
    ("log_loss: negative", "SELECT mine_log_loss(churn, -0.5) FROM customers", "the probability -0.5 is not from 0 to 1"),
    ("entropy: two arguments", "SELECT mine_entropy(age, plan) FROM customers", "write SELECT mine_entropy(x) FROM ..."),
    ("mode: no argument", "SELECT mine_mode() FROM customers", "write SELECT mine_mode(x) FROM ..."),
    # algorithms and wrong kinds
    ("no such algorithm", "SELECT mine_train('new','forrest','customers','target=churn')", "forrest"),
    ("tree of a k-means", "SELECT * FROM mine_tree('km')", "kmeans"),
    ("centroids of a tree", "SELECT * FROM mine_centroids('m')", "tree"),
    ("probabilities of a k-means", "SELECT * FROM mine_probabilities('km','customers')", "no classes"),
    ("neighbours of a tree", "SELECT * FROM mine_neighbors('m','customers')", "tree"),
    ("model and table", "SELECT * FROM mine_neighbors('both','customers')", "both a model and a table"),
    # targets
    ("no target", TRAIN + "'customers')", "target"),
    ("target absent", TRAIN + "'customers','target=chrun')", "no column 'chrun'"),
    ("target is the id", TRAIN + "'customers','target=id')", "id"),
    ("one class", TRAIN + "'SELECT id,age,''no'' AS churn FROM customers','target=churn')", "the same value in every row"),
    ("all-NULL target", TRAIN + "'SELECT id,age,NULL AS churn FROM customers','target=churn')", "churn"),
    ("continuous target", TRAIN + "'SELECT id,age,income*1.37 AS income FROM customers','target=income,task=classification')", "regression"),
    ("text target to regression", TRAIN + "'customers','target=churn,task=regression')", "churn"),
    ("leaking target", TRAIN + "'SELECT *, CASE churn WHEN ''yes'' THEN ''left'' ELSE ''stays'' END AS state FROM customers','target=churn')", "state"),
    ("positive is no class", TRAIN + "'customers','target=churn,positive=maybe')", "maybe"),
    ("negative weight", TRAIN + "'SELECT *, age-40 AS w FROM customers','target=churn,weight=w')", "column 'w'"),
    # ids
    ("id fractional", CLUSTER + "'SELECT income*1.01 AS income, age FROM customers','k=2')", "id="),
    ("id is a feature", CLUSTER + "'SELECT plan, age, income FROM customers','k=2')", "id="),
    ("scoring: first column a feature", "SELECT * FROM mine_predict('m','SELECT age,income,plan FROM customers')", "age"),
    ("scoring: column missing", "SELECT * FROM mine_predict('m','SELECT id,age,income FROM customers')", "plan"),
    # values
    ("no rows", CLUSTER + "'SELECT * FROM customers WHERE 0','k=2')", "no rows"),
    ("no attributes", CLUSTER + "'SELECT id FROM customers','k=2')", "attribute"),
    ("all ignored", CLUSTER + "'SELECT id,age FROM customers','ignore=age')", "attribute"),
    ("k > rows", CLUSTER + "'SELECT id,age FROM customers LIMIT 3','k=5')", "5"),
    ("k > distinct rows", CLUSTER + "'SELECT id, id%2 AS a FROM customers','k=5')", "only 2 of the 200 rows differ"),
    ("all constant", CLUSTER + "'SELECT id, 7 AS a FROM customers','k=2')", ""),
    ("all NULL", CLUSTER + "'SELECT id, NULL AS a FROM customers','k=2')", ""),
    ("text among numbers", CLUSTER + "'SELECT id, CASE WHEN id=7 THEN ''abc'' ELSE age END AS age, income FROM customers','k=2')", "abc"),
    ("blob column", CLUSTER + "'SELECT id, CAST(age AS BLOB) AS age FROM customers','k=2')", "BLOB"),
    ("init is no start", CLUSTER + "'customers','init=forgy')", "kmeans++, random or a SELECT (got 'forgy')"),
    ("init has no rows", CLUSTER + "'customers','k=2,init=SELECT * FROM customers LIMIT 0')", "the query of option init gave no rows"),
    ("init lacks a feature", CLUSTER + "'customers','k=2,init=SELECT age FROM customers LIMIT 2')", "lacks 3 columns that the features are read from"),
    ("infinite", CLUSTER + "'SELECT id, CASE WHEN id=5 THEN 9e999 ELSE age END AS age FROM customers','k=2')", "column 'age' has an infinite number (row 5)"),
    ("invalid UTF-8 value", CLUSTER + "'SELECT id, CAST(x''6dff'' AS TEXT) AS t, age FROM customers','k=2')", "UTF-8"),
    ("missing=error", CLUSTER + "'SELECT id, CASE WHEN id=5 THEN NULL ELSE age END AS age FROM customers','k=2,missing=error')", "age"),
    # baskets
    ("baskets: three columns", "SELECT * FROM mine_itemsets('SELECT 1 AS a, 2 AS b, 3 AS c')", "two columns"),
    ("baskets: one column", "SELECT * FROM mine_itemsets('SELECT 1 AS a')", "two columns"),
    ("baskets: no rows", "SELECT * FROM mine_itemsets('SELECT 1 AS a, 2 AS b WHERE 0')", "no rows"),
    ("baskets: support 50", "SELECT * FROM mine_itemsets('baskets','min_support=50')", "min_count"),
    ("baskets: support 0", "SELECT * FROM mine_itemsets('baskets','min_support=0')", "min_support"),
    ("baskets: both supports", "SELECT * FROM mine_itemsets('baskets','min_support=0.1,min_count=2')", "min_count"),
    ("baskets: cap", "SELECT * FROM mine_itemsets('baskets','min_count=1,max_itemsets=2')", "max_itemsets"),
    ("rules: cap", "SELECT * FROM mine_rules('baskets','min_count=1,max_rules=1,min_confidence=0')", "max_rules"),
    ("rules: confidence 2", "SELECT * FROM mine_rules('baskets','min_confidence=2')", "min_confidence"),
    # nesting and safety
    ("train inside a source", CLUSTER + "'SELECT id, mine_train(''x'',''tree'',''customers'',''target=churn'') AS a FROM customers','k=2')", "training"),
    ("self-reading view", "SELECT * FROM mine_predict('m','selfish')", "deep"),
    ("permanent view over a source verb", "SELECT * FROM sneaky", "unsafe use"),
    ("permanent view over training", "SELECT * FROM sneaky_train", "unsafe use"),
    # Newer SQLite refuses to make the table, older to insert.
    ("CHECK that trains", "BEGIN; CREATE TABLE checks(a CHECK (mine_train('z','tree','customers','target=churn') IS NOT NULL)); INSERT INTO checks VALUES (1)", "unsafe use"),
    ("CHECK that fits", "BEGIN; CREATE TABLE checks(a CHECK (mine_fit('kmeans','customers') IS NOT NULL)); INSERT INTO checks VALUES (1)", "unsafe use"),
    ("CHECK that makes the table", "BEGIN; CREATE TABLE checks(a CHECK (mine_init() IS NOT NULL)); INSERT INTO checks VALUES (1)", "unsafe use"),
    ("DEFAULT that fits", "INSERT INTO defaults(a) VALUES (1)", "unsafe use"),
    ("trigger that trains", "INSERT INTO triggers VALUES (1)", "unsafe use"),
    ("index that fits", "CREATE INDEX i ON customers(mine_fit('tree','customers','target=churn'))", ("prohibited in index", "unsafe use")),
    ("generated column that fits", "CREATE TABLE g(a, b AS (mine_fit('kmeans','customers')))", ("prohibited in generated", "unsafe use")),
    ("untrusted: view over a source verb", "PRAGMA trusted_schema=0; SELECT * FROM sneaky", "unsafe use"),
    ("untrusted: CHECK that trains", "PRAGMA trusted_schema=0; BEGIN; CREATE TABLE checks(a CHECK (mine_train('z','tree','customers','target=churn') IS NOT NULL)); INSERT INTO checks VALUES (1)", "unsafe use"),
    ("untrusted: trigger that trains", "PRAGMA trusted_schema=0; INSERT INTO triggers VALUES (1)", "unsafe use"),
    # sizes and odd values
    ("name of a megabyte", "SELECT mine_train(printf('%.*c',1000001,'x'),'tree','customers','target=churn')", "limit is 1000"),
    ("options of a megabyte", "SELECT mine_train('new','tree','customers',printf('%.*c',1000001,'x'))", "limit is 1000000"),
    ("2,001 columns", "SELECT * FROM mine_profile('SELECT ' || (WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL "
     "SELECT i+1 FROM n WHERE i<2001) SELECT group_concat(i || ' AS c' || i) FROM n))", "too many columns"),
    ("BLOB id", CLUSTER + "'SELECT CAST(id AS BLOB) AS id, age FROM customers','k=2')", "column 'id' has a BLOB"),
    ("100 MB value", CLUSTER + "'SELECT id, age, CASE WHEN id=9 THEN printf(''%.*c'',100000000,''x'') ELSE plan END AS t "
     "FROM customers','k=2')", "text of 100000000 bytes (row 9)"),
    ("1e308: clusters", CLUSTER + "'SELECT id, CASE WHEN id%2 THEN 1e308 ELSE -1e308 END AS a FROM customers','k=2')", "distances overflow"),
    ("1e308: neighbours", "SELECT * FROM mine_neighbors('SELECT id, CASE WHEN id%2 THEN 1.7e308 ELSE -1.7e308 END AS a "
     "FROM customers','SELECT 1 AS id, 1 AS a')", "distances overflow"),
    ("1e308: target", "SELECT mine_fit('tree','SELECT id, age, (id-100)*1e306 AS y FROM customers','target=y')", "too large"),
    ("denormal spread", CLUSTER + "'SELECT id, id*5e-324 AS a FROM customers','k=2')", "cannot be scaled"),
    ("k beyond the rows", CLUSTER + "'customers','k=65536')", "more than the 200 rows"),
    ("scoring: text for a number", "SELECT * FROM mine_predict('m','SELECT id,''old'' AS age,income,plan FROM customers')", "was numeric in training"),
    ("scoring: BLOB", "SELECT * FROM mine_predict('m','SELECT id,x''00'' AS age,income,plan FROM customers')", "has a BLOB"),
    ("row: BLOB", "SELECT mine_predict('m','age',x'00','income',1,'plan','gold')", "has a BLOB"),
    ("row: infinite", "SELECT mine_predict('m','age',9e999,'income',1,'plan','gold')", "infinite number"),
    ("row: a name twice", "SELECT mine_predict('m','age',1,'age',2,'income',1,'plan','gold')", "two columns are called 'age'"),
    ("row: attributes left out", "SELECT mine_predict('m','age',1)", "give NULL for what is not known"),
    ("row: no attributes", "SELECT mine_predict('m','{}')", "has no attributes"),
    # read-only
    ("query_only", "PRAGMA query_only=1; " + TRAIN + "'customers','target=churn')", "attempt to write a readonly database"),
    ("foreign mine_models", "ATTACH ':memory:' AS other; CREATE TABLE other.mine_models(a); SELECT mine_train('other.x','tree','customers','target=churn')", "is not the table"),
    ("mine_models is a view", "ATTACH ':memory:' AS other; CREATE VIEW other.mine_models AS SELECT 1 AS a; SELECT mine_train('other.x','tree','customers','target=churn')", "is not the table"),
    # the verbs about the extension itself, and the remaining algorithm
    ("mine_init: no such schema", "SELECT mine_init('nowhere')", "there is no database 'nowhere'"),
    ("mine_init: null", "SELECT mine_init(NULL)", "the schema is NULL"),
    ("mine_init: empty", "SELECT mine_init('')", "the schema is empty"),
    ("mine_init: two arguments", "SELECT mine_init('main','x')", "write mine_init([schema])"),
    ("mine_version: argument", "SELECT mine_version(1)", "wrong number of arguments"),
    ("mine_debug: argument", "SELECT mine_debug(1)", "wrong number of arguments"),
    ("mine_algorithms: argument", "SELECT * FROM mine_algorithms('x')", "too many arguments"),
    ("mine_options: no argument", "SELECT * FROM mine_options", "FROM mine_options(algorithm)"),
    ("mine_options: unknown", "SELECT * FROM mine_options('nothing')", "no algorithm or verb 'nothing'"),
    ("mine_options: null", "SELECT * FROM mine_options(NULL)", "the algorithm is NULL"),
    ("mine_options: blob", "SELECT * FROM mine_options(x'00')", "the algorithm is a BLOB"),
    ("knn: k=0", "SELECT mine_train('new','knn','customers','target=churn,k=0')", "from 1 to"),
    ("knn: voting", "SELECT mine_train('new','knn','customers','target=churn,voting=none')", "uniform, distance"),
    ("knn: a tree's option", "SELECT mine_train('new','knn','customers','target=churn,max_depth=3')", "unknown option 'max_depth'"),
    ("bayes: smoothing below 0", "SELECT mine_train('new','bayes','customers','target=churn,smoothing=-1')", "above 0"),
    ("bayes: smoothing 0", "SELECT mine_train('new','bayes','customers','target=churn,smoothing=0')", "above 0"),
    ("bayes: var_smoothing below 0", "SELECT mine_train('new','bayes','customers','target=churn,var_smoothing=-1')", "from 0"),
    ("bayes: prior", "SELECT mine_train('new','bayes','customers','target=churn,prior=flat')", "data, uniform"),
    ("bayes: regression", "SELECT mine_train('new','bayes','customers','target=income,task=regression')", "algorithm 'bayes' does no regression"),
    ("bayes: an amount", "SELECT mine_train('new','bayes','customers','target=income')", "amount, not a class"),
    ("bayes: one class", "SELECT mine_train('new','bayes','SELECT id, age, 1 AS y FROM customers','target=y')", "the same value in every row"),
    ("bayes: all columns constant", "SELECT mine_train('new','bayes','SELECT id, 1 AS a, churn FROM customers','target=churn')", "constant"),
    ("bayes: weights zero", "SELECT mine_train('new','bayes','SELECT id, age, 0 AS w, churn FROM customers','target=churn,weight=w')", "weight zero"),
    ("bayes: negative weight", "SELECT mine_train('new','bayes','SELECT id, age, -1 AS w, churn FROM customers','target=churn,weight=w')", "weight"),
    ("bayes: variance 0", "SELECT mine_train('new','bayes','SELECT id, CASE churn WHEN ''yes'' THEN 1 ELSE 2 END + (churn = ''no'')*id AS a, churn FROM customers','target=churn,var_smoothing=0')", "all equal in class 'yes'"),
    ("bayes: variance overflows", "SELECT mine_train('new','bayes','SELECT id, 1e308*(1-2*(id%2)) AS a, churn FROM customers','target=churn')", "too far apart"),
    ("bayes: variance underflows", "SELECT mine_train('new','bayes','SELECT id, id*1e-300 AS a, churn FROM customers','target=churn')", "too close"),
    ("coefficients of a tree", "SELECT * FROM mine_coefficients('m')", "has no coefficients"),
    ("index expression", "CREATE INDEX i ON customers(mine_predict('m','age',age,'income',income,'plan',plan))", "non-deterministic functions prohibited"),
    ("generated column", "CREATE TABLE g(a, b AS (mine_predict('m','age',a,'income',1,'plan','x')))", "non-deterministic functions prohibited"),
    ("internal scalar", "SELECT mine_row_(1,2)", "internal to the extension"),
    ("internal aggregate", "SELECT mine_rows_(1,2) FROM customers", "internal to the extension"),
    ("scaling overflows", CLUSTER + "'SELECT id, 1e308*(1-2*(id%2)) AS a, age FROM customers','k=2')", "column a cannot be scaled"),
    ("denormal numbers", CLUSTER + "'SELECT id, id*5e-324 AS a FROM customers','k=2')", "column a cannot be scaled"),
    ("rules: only NULL", "SELECT * FROM mine_rules('SELECT NULL AS a, NULL AS b')", "none of the 1 rows"),
    ("max_memory", CLUSTER + "'customers','k=2,max_memory=1000')", "max_memory"),
]
