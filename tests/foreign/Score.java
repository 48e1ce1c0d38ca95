import java.io.BufferedReader;
import java.io.File;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.EvaluatorUtil;
import org.jpmml.evaluator.FieldValue;
import org.jpmml.evaluator.InputField;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;
import org.jpmml.evaluator.OutputField;

/** Every NAME.pmml of a folder: verified by its own rows, then NAME.tsv scored into NAME.out. */
public class Score {
  static String plain(String cell) {
    return cell.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\s", "\\");
  }

  static void score(File file, PrintWriter out) throws Exception {
    Evaluator evaluator = new LoadingModelEvaluatorBuilder().load(file).build();
    evaluator.verify();
    File rows = new File(file.getPath().replace(".pmml", ".tsv"));
    try (BufferedReader in = Files.newBufferedReader(rows.toPath(), StandardCharsets.UTF_8)) {
      List<String> names = new ArrayList<>();
      for (String name : in.readLine().split("\t", -1)) names.add(plain(name));
      List<String> outputs = new ArrayList<>();
      for (OutputField field : evaluator.getOutputFields())
        if (field.isFinalResult()) outputs.add(field.getName().toString());
      out.println(String.join("\t", outputs));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = line.split("\t", -1);
        Map<String, FieldValue> arguments = new LinkedHashMap<>();
        for (InputField field : evaluator.getInputFields()) {
          int at = names.indexOf(field.getName().toString());
          String cell = cells[at].isEmpty() ? null : plain(cells[at].substring(1));
          arguments.put(field.getName(), field.prepare(cell));
        }
        Map<String, ?> results = EvaluatorUtil.decodeAll(evaluator.evaluate(arguments));
        List<String> said = new ArrayList<>();
        for (String name : outputs) said.add(String.valueOf(results.get(name)));
        out.println(String.join("\t", said));
      }
    }
  }

  public static void main(String[] args) throws Exception {
    File[] files = new File(args[0]).listFiles((folder, name) -> name.endsWith(".pmml"));
    Arrays.sort(files);
    for (File file : files) {
      File to = new File(file.getPath().replace(".pmml", ".out"));
      try (PrintWriter out = new PrintWriter(to, "UTF-8")) {
        score(file, out);
        System.out.println("scored " + file.getName());
      } catch (Exception error) {
        StringBuilder causes = new StringBuilder();
        for (Throwable e = error; e != null && causes.length() < 2000; e = e.getCause()) causes.append(" <- ").append(e);
        System.out.println("FAILED " + file.getName() + causes.toString().replace("\n", " "));
      }
    }
  }
}
