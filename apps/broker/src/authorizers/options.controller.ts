import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, Needs } from '#service';
import { OptionPath, OptionView, SetOption } from './options.dto.js';
import { OptionsService } from './options.service.js';

/** Options of an official account (选项设置): reports of locations, recognition of voices, several staff in customer service. */
@ApiTags('authorizers')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/options/:option_name')
export class OptionsController {
  constructor(private readonly options: OptionsService) {}

  /** As WeChat has it now. */
  @Get()
  @Needs('authorizers.read')
  async get(@Param() path: OptionPath): Promise<OptionView> {
    const value = await this.options.get(path.component_appid, path.authorizer_appid, path.option_name);
    return { option_name: path.option_name, value };
  }

  /** Changes it. Where the component wants a second person for such changes, nobody can be asked here, and it is refused. */
  @Put()
  @Needs('settings.write')
  @Audited('authorizer.option')
  async set(@Param() path: OptionPath, @Body() { value }: SetOption): Promise<OptionView> {
    await this.options.set(path.component_appid, path.authorizer_appid, path.option_name, value);
    return { option_name: path.option_name, value };
  }
}
