/*
** onnx_proto.c -- protobuf's wire format, and ONNX's nodes and tensors in it (onnx.proto3 of
** github.com/onnx/onnx: the numbers of the fields are its).
*/
#include <string.h>

#include "../core/bytes.h"
#include "onnx.h"

/* ---- the wire format ---------------------------------------------------------------- */

static void proto_varint(mine_text *to, uint64_t v) {
  char out[10];
  size_t n = 0;
  do {
    out[n++] = (char)(unsigned char)((v & 0x7F) | (v > 0x7F ? 0x80u : 0u));
    v >>= 7;
  } while (v > 0);
  mine__text_add(to, out, n);
}

void mine__proto_int(mine_text *to, int field, int64_t value) {
  proto_varint(to, (uint64_t)field << 3);
  proto_varint(to, (uint64_t)value);
}

void mine__proto_bytes(mine_text *to, int field, const void *bytes, size_t n) {
  proto_varint(to, (uint64_t)field << 3 | 2);
  proto_varint(to, n);
  mine__text_add(to, bytes, n);
}

void mine__proto_text(mine_text *to, int field, const char *text) {
  mine__proto_bytes(to, field, text, strlen(text));
}

void mine__proto_add(mine_text *to, int field, const mine_text *message) {
  if (message->failed)
    to->failed = 1;
  else
    mine__proto_bytes(to, field, message->bytes ? message->data : "", message->bytes);
}

/* ---- tensors ------------------------------------------------------------------------ */

/* TensorProto: dims 1, data_type 2, string_data 6, name 8, raw_data 9. */
static void proto_tensor(mine_text *to, int type, int64_t n, int64_t m, const mine_text *raw) {
  if (n >= 0) mine__proto_int(to, 1, n);
  if (m >= 0) mine__proto_int(to, 1, m);
  mine__proto_int(to, 2, type);
  if (raw) mine__proto_add(to, 9, raw);
}

static mine__tensor proto_name(mine__onnx *o) {
  mine_text text;
  mine__text_open(&text, o->arena);
  mine__text_addf(&text, "mine/%lld", (long long)++o->names);
  return text.failed ? "" : text.data;
}

/* GraphProto: node 1, initializer 5. */
static mine__tensor proto_constant(mine__onnx *o, mine_text *tensor) {
  mine__tensor name = proto_name(o);
  mine__proto_text(tensor, 8, name);
  mine__proto_add(&o->graph, 5, tensor);
  return name;
}

mine__tensor mine__onnx_reals(mine__onnx *o, const double *v, int64_t n, int64_t m) {
  mine_writer raw;
  mine_text tensor;
  mine__text_open(&raw.text, o->arena);
  mine__text_open(&tensor, o->arena);
  mine__write_reals(&raw, v, (size_t)(n < 0 ? 1 : n) * (size_t)(m < 0 ? 1 : m));
  proto_tensor(&tensor, MINE_ONNX_DOUBLE, n, m, &raw.text);
  return proto_constant(o, &tensor);
}

mine__tensor mine__onnx_real(mine__onnx *o, double v) {
  return mine__onnx_reals(o, &v, -1, -1);
}

mine__tensor mine__onnx_whole(mine__onnx *o, int64_t v) {
  mine_writer raw;
  mine_text tensor;
  mine__text_open(&raw.text, o->arena);
  mine__text_open(&tensor, o->arena);
  mine__write_i64(&raw, v);
  proto_tensor(&tensor, MINE_ONNX_INT64, 1, -1, &raw.text);
  return proto_constant(o, &tensor);
}

static void proto_cell(mine__onnx *o, mine_text *to, int field, const mine_values *v, int64_t i) {
  mine_cell cell;
  mine_text text;
  mine__values_get(v, i, &cell);
  mine__text_open(&text, o->arena);
  mine__text_add_cell(&text, &cell);
  mine__proto_add(to, field, &text);
}

mine__tensor mine__onnx_texts(mine__onnx *o, const mine_values *v) {
  mine_text tensor;
  mine__text_open(&tensor, o->arena);
  proto_tensor(&tensor, MINE_ONNX_STRING, v->n, -1, NULL);
  for (int64_t i = 0; i < v->n; i++)
    proto_cell(o, &tensor, 6, v, i);
  return proto_constant(o, &tensor);
}

/* ---- attributes: name 1, i 3, t 5, ints 8, strings 9, type 20 ------------------------- */

enum { PROTO_INT = 2, PROTO_TENSOR = 4, PROTO_INTS = 7, PROTO_STRINGS = 8 };

void mine__onnx_attributes(mine__onnx *o, mine_text *attributes) {
  mine__text_open(attributes, o->arena);
}

/* NodeProto: attribute 5. */
static void proto_attribute(mine_text *attributes, const char *name, int type, mine_text *value) {
  mine__proto_text(value, 1, name);
  mine__proto_int(value, 20, type);
  mine__proto_add(attributes, 5, value);
}

void mine__onnx_int(mine_text *attributes, const char *name, int64_t v) {
  mine_text value;
  mine__text_open(&value, attributes->arena);
  mine__proto_int(&value, 3, v);
  proto_attribute(attributes, name, PROTO_INT, &value);
}

void mine__onnx_ints(mine_text *attributes, const char *name, const int64_t *v, int64_t n) {
  mine_text value;
  mine__text_open(&value, attributes->arena);
  for (int64_t i = 0; i < n; i++)
    mine__proto_int(&value, 8, v[i]);
  proto_attribute(attributes, name, PROTO_INTS, &value);
}

/* `empty`: one more, "". */
void mine__onnx_strings(mine_text *attributes, const char *name, const mine_values *v, int empty) {
  mine__onnx o = {.arena = attributes->arena};
  mine_text value;
  mine__text_open(&value, attributes->arena);
  for (int64_t i = 0; i < v->n; i++)
    proto_cell(&o, &value, 9, v, i);
  if (empty) mine__proto_text(&value, 9, "");
  proto_attribute(attributes, name, PROTO_STRINGS, &value);
}

static void proto_tensor_attribute(mine_text *attributes, const char *name, int type, int64_t n,
                                   const mine_text *raw) {
  mine_text tensor, value;
  mine__text_open(&tensor, attributes->arena);
  mine__text_open(&value, attributes->arena);
  proto_tensor(&tensor, type, n, -1, raw);
  mine__proto_add(&value, 5, &tensor);
  proto_attribute(attributes, name, PROTO_TENSOR, &value);
}

void mine__onnx_doubles(mine_text *attributes, const char *name, const double *v, int64_t n) {
  mine_writer raw;
  mine__text_open(&raw.text, attributes->arena);
  mine__write_reals(&raw, v, (size_t)n);
  proto_tensor_attribute(attributes, name, MINE_ONNX_DOUBLE, n, &raw.text);
}

#define PROTO_UINT8 2

void mine__onnx_bytes(mine_text *attributes, const char *name, const uint8_t *v, int64_t n) {
  mine_text raw;
  mine__text_open(&raw, attributes->arena);
  mine__text_add(&raw, (const char *)v, (size_t)n);
  proto_tensor_attribute(attributes, name, PROTO_UINT8, n, &raw);
}

/* ---- nodes: input 1, output 2, op_type 4, attribute 5, domain 7 ------------------------- */

static void proto_node(mine__onnx *o, const char *op, const char *domain,
                       const mine_text *attributes, const mine__tensor *in, int n,
                       mine__tensor out) {
  mine_text node;
  mine__text_open(&node, o->arena);
  for (int i = 0; i < n; i++)
    mine__proto_text(&node, 1, in[i]);
  mine__proto_text(&node, 2, out);
  mine__proto_text(&node, 4, op);
  if (attributes && attributes->bytes) mine__text_add(&node, attributes->data, attributes->bytes);
  if (attributes && attributes->failed) node.failed = 1;
  if (domain) mine__proto_text(&node, 7, domain);
  mine__proto_add(&o->graph, 1, &node);
}

mine__tensor mine__onnx_op(mine__onnx *o, const char *op, mine__tensor a, mine__tensor b,
                           mine__tensor c) {
  const mine__tensor in[] = {a, b, c}, out = proto_name(o);
  proto_node(o, op, NULL, NULL, in, c ? 3 : b ? 2 : 1, out);
  return out;
}

mine__tensor mine__onnx_with(mine__onnx *o, const char *op, const mine_text *attributes,
                             mine__tensor a, mine__tensor b) {
  const mine__tensor in[] = {a, b}, out = proto_name(o);
  proto_node(o, op, NULL, attributes, in, b ? 2 : 1, out);
  return out;
}

mine__tensor mine__onnx_concat(mine__onnx *o, const mine__tensor *list, int n, int axis) {
  mine_text attributes;
  mine__onnx_attributes(o, &attributes);
  mine__onnx_int(&attributes, "axis", axis);
  mine__tensor out = proto_name(o);
  proto_node(o, "Concat", NULL, &attributes, list, n, out);
  return out;
}

mine__tensor mine__onnx_ml(mine__onnx *o, const char *op, const mine_text *attributes,
                           mine__tensor a) {
  mine__tensor out = proto_name(o);
  proto_node(o, op, "ai.onnx.ml", attributes, &a, 1, out);
  return out;
}

void mine__onnx_call(mine__onnx *o, mine__tensor tensor, const char *name) {
  proto_node(o, "Identity", NULL, NULL, &tensor, 1, name);
}
