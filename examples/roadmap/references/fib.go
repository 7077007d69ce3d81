// Prints the n-th Fibonacci number by plain recursion; n is the first argument, or 35.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func fib(n uint32) uint64 {
	if n < 2 {
		return uint64(n)
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	n := 35
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			panic("n must be a whole number")
		}
	}
	fmt.Println(fib(uint32(n)))
}
