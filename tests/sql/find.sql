-- mine_help by the words of a job: what nothing is called is searched for.
SELECT mine_help('churn');
SELECT mine_help('客户流失');
SELECT mine_help('gains chart');
SELECT mine_help('SVM');
-- The same but for case, '-' and blanks: the page itself; '' is as no topic.
SELECT mine_help('K-Means') = mine_help('kmeans'), mine_help('t-test') = mine_help('mine_ttest'), mine_help('') = mine_help();
-- An algorithm or an option, and what else may have been meant.
SELECT substr(text, instr(text, 'Or is it')) FROM (SELECT mine_help('drift') AS text);
SELECT mine_help('basket');
-- A metric, and the verb that is called like it; none is hidden.
SELECT mine_help('rmse');
SELECT metric, verb FROM mine_metrics JOIN mine_verbs ON verb = 'mine_' || metric WHERE instr(mine_help(metric), verb) = 0;
SELECT mine_help('Umsatz');
SELECT mine_help('forets');
