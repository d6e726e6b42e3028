;; The loop of inline-wasm.ts: `wasm-as inline-wasm.wat -o - | base64`.
(module
  (memory (export "m") 5)
  ;; Memory: 0 to 383, the byte of each character; from 512, the text, which is decoded in place. Returns the end.
  (func (export "f") (param $at i32) (param $end i32) (param $firstPrefix i32) (result i32)
    (local $to i32) (local $code i32)
    (local.set $to (i32.const 512))
    (loop $again
      (local.set $code (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.ge_u (local.get $code) (local.get $firstPrefix)) (then
        (local.set $code (i32.add
          (i32.mul (i32.add (i32.sub (local.get $code) (local.get $firstPrefix)) (i32.const 1)) (i32.const 128))
          (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))))
      (i32.store8 (local.get $to) (i32.load8_u (local.get $code)))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $to)))
