// x64.S for the other processor.
    .globl _start
_start:
    stp x0, x19, [sp, #-16]!    // x0: a function of the loader's, which the entry hands to the C library
    adr x19, table
next:
    ldp x0, x1, [x19], #16      // name, value; the last name is 0
    cbz x0, done
    mov w2, #0                  // what the user set himself stays
    ldr x16, setenv             // the loader, when it has yet to look the function up, reads in x16 for which one
    ldr x17, [x16]
    blr x17
    b next
done:
    ldp x0, x19, [sp], #16
    ldr x16, entry
    br x16

    .balign 8
entry:  .quad 0                 // where Bun's own entry is
setenv: .quad 0                 // where the address of setenv is
table:                          // addresses of names and values, in pairs
