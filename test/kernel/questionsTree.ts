/** One of each kind of question that an answering script meets. */
export const QUESTIONS = `mainmenu "T"
config MODULES
	bool "Modules"
	modules
	default y

menuconfig BUS
	tristate "Bus"

config DEVICE
	tristate "Device"
	depends on BUS

config DRIVER
	tristate "Driver"
	select LIBRARY

config LIBRARY
	tristate "Library"

config SIZE
	int "Size"
	range 12 25
	default 17

choice
	prompt "Model"

config FIRST
	bool "First"

config SECOND
	bool "Second"

endchoice
`;
